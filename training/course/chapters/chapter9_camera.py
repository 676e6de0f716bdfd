# %% [markdown] lang="en"
# ## 9. The camera
#
# In a frame of the camera there are many digits, and much that is none. A `PageReader` takes three steps:
#
# 1. it evens out the light, separates the ink from the paper, and cuts out every connected piece of ink as 28×28
#    pixels;
# 2. it gives all pieces to the network at once;
# 3. it joins digits that stand together. The page that it returns keeps a `trace` of all this.
#
# Here with the network that ships, on a page whose numbers we know:

# %% [markdown] lang="fr"
# ## 9. La caméra
#
# Sur une image de la caméra, il y a beaucoup de chiffres, et bien des choses qui n'en sont pas. Un `PageReader` procède
# en trois étapes :
#
# 1. il égalise la lumière, sépare l'encre du papier et découpe chaque morceau d'encre d'un seul tenant en 28×28
#    pixels ;
# 2. il donne tous les morceaux au réseau en une seule fois ;
# 3. il réunit les chiffres voisins en nombres. La page qu'il rend garde une trace (`trace`) de tout cela.
#
# Voici ces étapes avec le réseau livré, sur une page dont nous connaissons les nombres :

# %%
from capture import PageReader
from capture.view.overlay import draw_page

page = page_of("4711 203\n1968 75", (640, 360), seed=SEED)
reader = PageReader()
read = reader(page.image)
with figure(1, 3, (13, 3)) as axes:
    views = (page.image, read.trace.ink, draw_page(page.image, read))
    for panel, view, title in zip(axes, views, ("the frame", "the ink", "what is read"), strict=True):
        show_glyph(panel, view)
        panel.set_title(title)
with figure(1, len(read.trace.hypotheses), (11, 1.6), squeeze=False) as axes:
    axes[0, 0].figure.suptitle("The pieces of ink, as the network gets them")
    for panel, seen in zip(axes[0], read.trace.hypotheses, strict=True):
        show_glyph(panel, seen.candidate.glyph)

# %% [raw] lang="fr"
# the frame -> l'image
# the ink -> l'encre
# what is read -> ce qui est lu
# The pieces of ink, as the network gets them -> Les morceaux d'encre, tels que le réseau les reçoit

# %% [markdown] lang="en"
# ### ✏️ Exercise 9: the whole chain
#
# Put the three steps together: from an image to the texts of its numbers, such as `["4711", "203"]`. Each number has a
# `.text`.

# %% [markdown] lang="fr"
# ### ✏️ Exercice 9 : toute la chaîne
#
# Assemblez les trois étapes : d'une image aux textes de ses nombres, par exemple `["4711", "203"]`. Chaque nombre a un
# `.text`.


# %% tags=["exercise"]
def read_page(image: np.ndarray) -> list[str]:
    """Read the numbers on a page, in reading order."""
    # solution
    return [number.text for number in reader(image).numbers]
    # end


check(read_page(page.image), page.numbers)

# %% [raw] lang="fr"
# Read the numbers on a page, in reading order. -> Lit les nombres d'une page, dans l'ordre de lecture.

# %% [markdown] lang="en"
# With a camera this goes on frame after frame, and each digit is followed from one to the next so that nothing
# flickers (`capture/loop.py`: under 20 lines). In a terminal:
#
# - `python run_camera.py`: the webcam
# - `python run_camera.py --source photo.jpg --save read.jpg`: a photo
# - `python run_camera.py --source draw`: write with the mouse
# - `python run_camera.py --source demo`: no camera needed
#
# And to go on:
#
# - `python train.py fit --arch cnn_deep`: train on all of MNIST
# - `python train.py evaluate --images FOLDER`: your own digits, with a written comment
# - `python train.py compare`: from one layer of neurons to the network that ships, by accuracy and cost
# - `python train.py explain --image FILE`: how the network reads your digit
# - `python train.py report FOLDER`: all results in one file, to hand in
# - `python run_camera.py --keep FOLDER`, key `w`, then `python train.py fit --extra FOLDER --from shipped`: correct
#   what is misread, and teach the network your hand

# %% [markdown] lang="fr"
# Avec une caméra, cela continue image après image, et chaque chiffre est suivi de l'une à l'autre pour que rien ne
# clignote (`capture/loop.py` : moins de 20 lignes). Dans un terminal :
#
# - `python run_camera.py` : la webcam
# - `python run_camera.py --source photo.jpg --save lu.jpg` : une photo
# - `python run_camera.py --source draw` : écrire à la souris
# - `python run_camera.py --source demo` : sans caméra
#
# Et pour aller plus loin :
#
# - `python train.py fit --arch cnn_deep` : entraîner sur tout MNIST
# - `python train.py evaluate --images DOSSIER` : vos propres chiffres, avec un commentaire rédigé
# - `python train.py compare` : d'une seule couche de neurones au réseau livré, selon l'exactitude et le coût
# - `python train.py explain --image FICHIER` : comment le réseau lit votre chiffre
# - `python train.py report DOSSIER` : tous les résultats en un seul fichier, à rendre
# - `python run_camera.py --keep DOSSIER`, touche `w`, puis `python train.py fit --extra DOSSIER --from shipped` :
#   corriger ce qui est mal lu, et apprendre votre écriture au réseau

# %% [markdown] lang="en"
# ## 1. The data
#
# **MNIST** is a collection of 70,000 handwritten digits: 60,000 to learn from and 10,000 to test with. Each image has
# 28×28 pixels; a pixel is a whole number from 0 (black) to 255 (white). With each image comes its **label**, the digit
# it shows. Learning from labelled examples is called *supervised* learning.

# %% [markdown] lang="fr"
# ## 1. Les données
#
# **MNIST** est une collection de 70 000 chiffres manuscrits : 60 000 pour apprendre et 10 000 pour tester. Chaque
# image a 28×28 pixels ; un pixel est un nombre entier de 0 (noir) à 255 (blanc). Chaque image est accompagnée de son
# **étiquette** : le chiffre qu'elle montre. Apprendre à partir d'exemples étiquetés s'appelle l'apprentissage
# *supervisé*.

# %%
from training.datasets.mnist import load_digits

digits = load_digits(Path(DATA) if DATA else None)
print("to learn from:", digits.train.x.shape, digits.train.x.dtype)
print("to test with:", digits.test.x.shape, digits.test.x.dtype)

# %% [raw] lang="fr"
# to learn from: -> pour apprendre :
# to test with: -> pour tester :

# %% [markdown] lang="en"
# An image is a table of numbers: that is all the computer gets.

# %% [markdown] lang="fr"
# Une image est un tableau de nombres : l'ordinateur ne reçoit rien d'autre.

# %%
image, label = digits.train.x[0], digits.train.y[0]
with figure(1, 2, (11, 5.4)) as (whole, part):
    show_glyph(whole, image)
    whole.set(title=f"An image with the label {label}")
    part.imshow(image[8:18, 8:18], cmap="gray")
    part.set(title="Its middle, as numbers", xticks=[], yticks=[])
    for (row, column), value in np.ndenumerate(image[8:18, 8:18]):
        part.text(column, row, value, ha="center", va="center", color="black" if value > 128 else "white")

# %% [raw] lang="fr"
# An image with the label {label} -> Une image d'étiquette {label}
# Its middle, as numbers -> Son milieu, en nombres

# %%
rng = np.random.default_rng(SEED)
rows = [rng.choice(digits.train.x[digits.train.y == digit], 16) for digit in range(10)]
with figure(size_in=(9, 6)) as axes:
    show_glyph(axes, np.block([list(row) for row in rows]))
    axes.set(title="Some images of each digit", yticks=14 + 28 * np.arange(10), yticklabels=range(10))

# %% [raw] lang="fr"
# Some images of each digit -> Quelques images de chaque chiffre

# %% [markdown] lang="en"
# ### ✏️ Exercise 1: count
#
# Are there as many images of each digit? Complete the function. `labels == 3` gives an array of `True` and `False`,
# and `np.sum` counts the `True`.

# %% [markdown] lang="fr"
# ### ✏️ Exercice 1 : compter
#
# Y a-t-il autant d'images de chaque chiffre ? Complétez la fonction. `labels == 3` donne un tableau de `True` et de
# `False`, et `np.sum` compte les `True`.


# %% tags=["exercise"]
def count(labels: np.ndarray) -> np.ndarray:
    """Count the images of each digit, 0 to 9: ten numbers."""
    # solution
    return np.array([np.sum(labels == digit) for digit in range(10)])
    # end


# %% [raw] lang="fr"
# Count the images of each digit, 0 to 9: ten numbers.
# -> Compte les images de chaque chiffre, de 0 à 9 : dix nombres.

# %%
from training.evaluation.explore import count_labels, mean_images

check(count(digits.train.y), count_labels(digits.train))
with figure(size_in=(8, 3.2)) as axes:
    bars = axes.bar(range(10), count_labels(digits.train), color=BLUE)
    axes.bar_label(bars)
    axes.set(title="Images of each digit", xlabel="digit", ylabel="images", xticks=range(10))
    axes.margins(y=0.15)

# %% [raw] lang="fr"
# Images of each digit -> Nombre d'images de chaque chiffre
# digit -> chiffre
# images -> images

# %% [markdown] lang="en"
# ### Preparing the data
#
# - **Normalisation.** Every digit is brought to the same size and centred (`model/glyph.py`, the same function that the
#   camera uses); inside the network, pixels become numbers from 0 to 1.
# - **Division.** 10% of the images are held out as the **validation set**: it tells during training how well the
#   network does on images it does not learn from. The **test set** is looked at only once, at the end. The division
#   is *stratified*: each part has the same share of every digit.
# - **One-hot labels.** The network has one output for each class, so the label 3 is written as nine zeros and a one, at
#   index 3. (The project's own networks have twelve more: the camera also meets letters, signs and blots.)

# %% [markdown] lang="fr"
# ### Préparer les données
#
# - **Normalisation.** Chaque chiffre est ramené à la même taille et centré (`model/glyph.py`, la fonction même
#   qu'utilise la caméra) ; à l'intérieur du réseau, les pixels deviennent des nombres de 0 à 1.
# - **Découpage.** 10 % des images sont mises de côté : c'est l'**ensemble de validation**, qui indique pendant
#   l'apprentissage ce que vaut le réseau sur des images dont il n'apprend pas. L'**ensemble de test** n'est regardé
#   qu'une fois, à la fin. Le découpage est *stratifié* : chaque partie a la même proportion de chaque chiffre.
# - **Encodage one-hot.** Le réseau a une sortie par classe ; l'étiquette 3 s'écrit donc avec neuf zéros et un seul 1, à
#   l'indice 3. (Les réseaux du projet en ont douze de plus : la caméra rencontre aussi des lettres, des signes, des
#   taches.)

# %% [markdown] lang="en"
# ### Reading a folder of pictures
#
# Data often comes as a folder for each class: `Training/0`, `Training/1`, ... Let us write some of our images as such
# files, and read them back: for every folder and every file in it, read, make grey, bring to 28×28, and append.

# %% [markdown] lang="fr"
# ### Lire un dossier d'images
#
# Les données arrivent souvent sous la forme d'un dossier par classe : `Training/0`, `Training/1`, ... Écrivons
# quelques-unes de nos images dans de tels fichiers, puis relisons-les : pour chaque dossier et chaque fichier qu'il
# contient, lire, passer en gris, ramener à 28×28, ajouter.

# %%
folder = Path(tempfile.mkdtemp()) / "Training"
for digit in range(10):
    (folder / str(digit)).mkdir(parents=True)
    for number, image in enumerate(digits.train.x[digits.train.y == digit][:10]):
        large = cv2.resize(image, (112, 112), interpolation=cv2.INTER_CUBIC)
        cv2.imwrite(str(folder / str(digit) / f"{number}.png"), large)

Data = []
Label = []
for digit in range(10):
    for name in sorted(os.listdir(folder / str(digit))):
        image = cv2.imread(str(folder / str(digit) / name))
        if image is None:
            print("not readable:", name)
            continue
        gray = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
        small = cv2.resize(gray, (28, 28), interpolation=cv2.INTER_AREA)  # the mean of the pixels it replaces
        Data.append(small)
        Label.append(digit)
Data, Label = np.array(Data), np.array(Label)
print(Data.shape, Data.dtype, Label.shape)

# %% [raw] lang="fr"
# not readable: -> illisible :
# the mean of the pixels it replaces -> la moyenne des pixels remplacés

# %% [markdown] lang="en"
# The project's `load_images` does the same, and names and skips files that are damaged. Do both give the same?

# %% [markdown] lang="fr"
# La fonction `load_images` du projet fait de même, et nomme puis écarte les fichiers abîmés. Le résultat est-il le
# même ?

# %%
from training.datasets.mnist import load_images

loaded = load_images(folder)
print(np.array_equal(Data, loaded.x), np.array_equal(Label, loaded.y))

# %% [markdown] lang="en"
# ### Dividing, and one-hot labels
#
# `train_test_split` holds out the validation set, with the same share of every digit (`stratify`); `to_categorical`
# writes the labels as rows. The project's `split` and `targets_of` do the same.

# %% [markdown] lang="fr"
# ### Découper, et encoder les étiquettes
#
# `train_test_split` met de côté l'ensemble de validation, avec la même proportion de chaque chiffre (`stratify`) ;
# `to_categorical` écrit les étiquettes en lignes. Les fonctions `split` et `targets_of` du projet font de même.

# %%
import keras
from sklearn.model_selection import train_test_split

from training.fitting.config import TrainConfig
from training.fitting.fit import fit, targets_of
from training.synthesis.recipes import split, vary

some = digits.train.take(LIMIT, SEED)
x_train, x_validation, y_train, y_validation = train_test_split(
    some.x, some.y, test_size=0.1, random_state=SEED, stratify=some.y
)
one_hot = keras.utils.to_categorical(y_train, 10)
print(y_train[0], "→", one_hot[0].astype(int))

train, validation = split(some, share=0.1, seed=SEED)
rows = targets_of(train.y, TrainConfig(label_smoothing=0))
print(np.array_equal(train.x, x_train), np.array_equal(rows[:, :10], one_hot))

train, validation = train.normalised(), validation.normalised()
test_images = digits.test.take(LIMIT and LIMIT // 2, SEED)
test = test_images.normalised()
print("training:", len(train), "  validation:", len(validation), "  test:", len(test))

# %% [raw] lang="fr"
# training: -> apprentissage :
#   validation: ->   validation :
#   test: ->   test :

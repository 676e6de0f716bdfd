# %% [markdown] lang="en"
# ## 3. Convolution and pooling
#
# A single layer learns *where* ink must be. If the digit moves by three pixels, everything is different for it. A
# **convolution** looks for small patterns, anywhere: a small table of weights, the **kernel** (or filter), slides over
# the image; at each stop, the pixels below it are multiplied by its weights and added up. The results are a new image,
# the **feature map**: bright where the pattern is.
#
# The **stride** is the number of pixels from one stop to the next.
#
# ### ✏️ Exercise 3: convolution
#
# Complete the function. The part of the image below the kernel, at the stop `(y, x)`, is
# `image[y : y + side, x : x + side]`. Then multiply by `kernel`, and add up with `np.sum`.

# %% [markdown] lang="fr"
# ## 3. Convolution et sous-échantillonnage
#
# Une couche seule apprend *où* doit se trouver l'encre. Que le chiffre se déplace de trois pixels, et tout change pour
# elle. Une **convolution** cherche de petits motifs, où qu'ils soient : un petit tableau de poids, le **noyau** (ou
# filtre), glisse sur l'image ; à chaque position, les pixels qu'il recouvre sont multipliés par ses poids et
# additionnés. Les résultats forment une nouvelle image, la **carte de caractéristiques** : claire là où se trouve le
# motif.
#
# Le **pas** (*stride*) est le nombre de pixels d'une position à la suivante.
#
# ### ✏️ Exercice 3 : convolution
#
# Complétez la fonction. La partie de l'image sous le noyau, à la position `(y, x)`, est
# `image[y : y + side, x : x + side]`. Multipliez-la par `kernel`, puis additionnez avec `np.sum`.


# %% tags=["exercise"]
def convolve(image: np.ndarray, kernel: np.ndarray, stride: int = 1) -> np.ndarray:
    """Slide a square kernel over a square image; return the feature map."""
    side = len(kernel)
    stops = range(0, len(image) - side + 1, stride)
    # solution
    return np.array([[np.sum(image[y : y + side, x : x + side] * kernel) for x in stops] for y in stops])
    # end


# %% [raw] lang="fr"
# Slide a square kernel over a square image; return the feature map.
# -> Fait glisser un noyau carré sur une image carrée ; renvoie la carte de caractéristiques.


# %%
def opencv_convolve(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Do the same by OpenCV, for kernels of 3x3."""
    return cv2.filter2D(image.astype(np.float64), -1, kernel)[1:-1, 1:-1]


image = train.x[0] / 255
upright = np.array([[-1.0, 0.0, 1.0], [-1.0, 0.0, 1.0], [-1.0, 0.0, 1.0]])
check(convolve(image, upright), opencv_convolve(image, upright))
check(convolve(image, upright, stride=2), opencv_convolve(image, upright)[::2, ::2])

# %% [raw] lang="fr"
# Do the same by OpenCV, for kernels of 3x3. -> Fait de même par OpenCV, pour des noyaux 3x3.

# %%
kernels = {
    "unchanged": np.array([[0, 0, 0], [0, 1.0, 0], [0, 0, 0]]),
    "blur": np.full((3, 3), 1 / 9),
    "upright edges": upright,
    "level edges": upright.T,
    "slanting edges": np.array([[0, 1.0, 1], [-1, 0, 1], [-1, -1, 0]]),
}
with figure(2, 5, (11, 4.9)) as axes:
    axes[0, 0].figure.suptitle("Kernels, and the feature map that each makes")
    for (name, kernel), above, below in zip(kernels.items(), *axes, strict=True):
        above.imshow(kernel, cmap="RdBu_r", vmin=-2, vmax=2)
        for (row, column), value in np.ndenumerate(kernel):
            above.text(column, row, f"{value:.2g}", ha="center", va="center")
        below.imshow(opencv_convolve(image, kernel), cmap="gray")
        above.set(title=name, xticks=[], yticks=[])
        below.set(xticks=[], yticks=[])

# %% [raw] lang="fr"
# unchanged -> inchangé
# blur -> flou
# upright edges -> bords verticaux
# level edges -> bords horizontaux
# slanting edges -> bords obliques
# Kernels, and the feature map that each makes -> Des noyaux, et la carte de caractéristiques que donne chacun

# %% [markdown] lang="en"
# A convolutional network (**CNN**) doesn't get its kernels from us: it learns them. All places share the same few
# weights: 9 for a kernel of 3×3, where a neuron that sees all pixels has 784.
#
# The feature map is a little smaller than the image, unless zeros are put around the image first (**padding**). With
# an image of side $n$, a kernel of side $k$, a padding of $p$ pixels and a stride $s$, its side is
#
# $$\left\lfloor \frac{n + 2p - k}{s} \right\rfloor + 1$$
#
# ### ✏️ Exercise 4: sizes
#
# `//` divides and rounds down.

# %% [markdown] lang="fr"
# Un réseau convolutif (**CNN**) ne reçoit pas ses noyaux de nous : il les apprend. Tous les endroits partagent les
# mêmes poids, peu nombreux : 9 pour un noyau 3×3, alors qu'un neurone qui voit tous les pixels en a 784.
#
# La carte est un peu plus petite que l'image, à moins d'entourer d'abord l'image de zéros (**remplissage**,
# *padding*). Pour une image de côté $n$, un noyau de côté $k$, un remplissage de $p$ pixels et un pas $s$, son côté est
#
# $$\left\lfloor \frac{n + 2p - k}{s} \right\rfloor + 1$$
#
# ### ✏️ Exercice 4 : tailles
#
# `//` divise et arrondit à l'entier inférieur.


# %% tags=["exercise"]
def map_side(n: int, k: int, p: int = 0, s: int = 1) -> int:
    """Compute the side of the feature map."""
    # solution
    return (n + 2 * p - k) // s + 1
    # end


check([map_side(28, 3), map_side(28, 3, p=1), map_side(28, 5, p=2, s=2)], [26, 28, 14])

# %% [raw] lang="fr"
# Compute the side of the feature map. -> Calcule le côté de la carte de caractéristiques.

# %% [markdown] lang="en"
# **Pooling** makes maps smaller: of each square of 2×2 values, *max pooling* keeps the largest. What matters is that a
# pattern is there, and roughly where; a shift of a pixel changes little.
#
# ### ✏️ Exercise 5: max pooling
#
# As in the convolution, go from stop to stop, now with a stride of 2; `.max()` takes the place of the sum.

# %% [markdown] lang="fr"
# Le **sous-échantillonnage** (*pooling*) réduit les cartes : de chaque carré de 2×2 valeurs, le *max pooling* garde la
# plus grande. Ce qui compte, c'est que le motif soit là, et à peu près où ; un décalage d'un pixel change peu.
#
# ### ✏️ Exercice 5 : max pooling
#
# Comme pour la convolution, allez de position en position, avec un pas de 2 ; `.max()` remplace la somme.


# %% tags=["exercise"]
def max_pool(values: np.ndarray) -> np.ndarray:
    """Take the largest value of each 2x2 square."""
    # solution
    height, width = values.shape
    return np.array([[values[y : y + 2, x : x + 2].max() for x in range(0, width, 2)] for y in range(0, height, 2)])
    # end


# %% [raw] lang="fr"
# Take the largest value of each 2x2 square. -> Prend la plus grande valeur de chaque carré 2x2.


# %%
def keras_pool(values: np.ndarray) -> np.ndarray:
    """Do the same by Keras."""
    return np.array(keras.ops.max_pool(values[None, ..., None], 2))[0, ..., 0]


check(max_pool(image), keras_pool(image))
edges = np.maximum(0, opencv_convolve(image, upright))
with figure(1, 4, (11, 3.2)) as axes:
    steps = (image, edges, keras_pool(edges), keras_pool(keras_pool(edges)[:12, :12]))
    for panel, step, name in zip(axes, steps, ("image", "convolution, ReLU", "pooling", "pooling again"), strict=True):
        panel.imshow(step, cmap="gray")
        panel.set(title=f"{name}: {len(step)}×{len(step)}", xticks=[], yticks=[])

# %% [raw] lang="fr"
# Do the same by Keras. -> Fait de même par Keras.
# pooling again -> encore pooling
# {name}: {len(step)}×{len(step)} -> {name} : {len(step)}×{len(step)}

# %% [markdown] lang="en"
# Now everything for a CNN is there:
#
# 1. **convolutions** find patterns, from edges to loops, and **pooling** narrows the maps;
# 2. **flatten** puts all values of the last maps into one row;
# 3. **fully connected** layers (*dense*), where each neuron sees all values, decide;
# 4. the **softmax** gives the probabilities.
#
# This is the network we are going to train. It is written out layer by layer, as Keras has it; the table shows what
# each layer gives, and its number of weights:

# %% [markdown] lang="fr"
# Tout est là pour un CNN :
#
# 1. les **convolutions** trouvent des motifs, des bords jusqu'aux boucles, et le **pooling** rétrécit les cartes ;
# 2. l'**aplatissement** (*flatten*) met toutes les valeurs des dernières cartes sur une seule ligne ;
# 3. les **couches entièrement connectées** (*dense*), dont chaque neurone voit toutes les valeurs, décident ;
# 4. la fonction **softmax** donne les probabilités.
#
# Voici le réseau que nous allons entraîner, écrit couche par couche, comme le veut Keras ; le tableau montre la forme
# de ce que donne chaque couche et son nombre de poids :

# %%
from keras import Input, Sequential
from keras.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D, Rescaling

from training.explain.architecture import describe

model = Sequential(
    [
        Input((28, 28, 1)),
        Rescaling(1 / 255),  # pixels become numbers from 0 to 1
        Conv2D(32, (3, 3), activation="relu", name="conv1"),
        MaxPooling2D((2, 2)),
        Conv2D(64, (3, 3), activation="relu", name="conv2"),
        MaxPooling2D((2, 2)),
        Flatten(),
        Dropout(0.3),
        Dense(128, activation="relu"),
        Dense(10, activation="softmax"),
    ]
)
for block in describe(build_network("cnn_small", classes=10)):
    print(f"{block.name:15} {block.shape_text:>10} {block.parameters:>10,}")
print(model.count_params() == build_network("cnn_small", classes=10).count_params())

# %% [raw] lang="fr"
# pixels become numbers from 0 to 1 -> les pixels deviennent des nombres de 0 à 1

# %% [markdown] lang="en"
# ### ✏️ Exercise 6: how many weights?
#
# `conv2` has 64 kernels of 3×3; each looks at all 32 maps of the layer before, and each has a bias. Find the formula
# that gives the number in the table.

# %% [markdown] lang="fr"
# ### ✏️ Exercice 6 : combien de poids ?
#
# `conv2` a 64 noyaux 3×3 ; chacun regarde les 32 cartes de la couche précédente, et chacun a un biais. Trouvez la
# formule qui donne le nombre du tableau.


# %% tags=["exercise"]
def count_weights(kernels: int, side: int, maps_before: int) -> int:
    """Count the weights and biases of a convolution."""
    # solution
    return kernels * (side * side * maps_before + 1)
    # end


check([count_weights(32, 3, 1), count_weights(64, 3, 32)], [320, 18496])

# %% [raw] lang="fr"
# Count the weights and biases of a convolution. -> Compte les poids et les biais d'une convolution.

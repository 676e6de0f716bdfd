# %% [markdown] lang="en"
# ## 2. A neuron, a layer
#
# A **neuron** takes numbers $x_1, x_2, \dots$ (here: the pixels), multiplies each by a **weight**, adds everything and
# a **bias** $b$, and passes the sum through an **activation function** $f$:
#
# $$y = f(w_1 x_1 + w_2 x_2 + \dots + b)$$
#
# Where a weight is positive, ink speaks for the neuron's answer; where it is negative, against it. Let us set the
# weights by hand, to tell 1 from 0: the mean image of the ones minus that of the zeros.

# %% [markdown] lang="fr"
# ## 2. Un neurone, une couche
#
# Un **neurone** reçoit des nombres $x_1, x_2, \dots$ (ici : les pixels), multiplie chacun par un **poids**, additionne
# le tout avec un **biais** $b$, et applique à la somme une **fonction d'activation** $f$ :
#
# $$y = f(w_1 x_1 + w_2 x_2 + \dots + b)$$
#
# Là où un poids est positif, l'encre augmente la réponse du neurone ; là où il est négatif, elle la diminue. Fixons les
# poids à la main pour distinguer les 1 des 0 : l'image moyenne des uns moins celle des zéros.

# %%
means = mean_images(train)
weights = (means[1][0] - means[0][0]) / 255


def neuron(image: np.ndarray) -> float:
    """Compute the weighted sum of the pixels, without bias or activation."""
    return float(np.sum(image / 255 * weights))


with figure(1, 2, (10, 3.8), width_ratios=(1, 1.6)) as (left, right):
    shade = left.imshow(weights, cmap="RdBu_r", vmin=-1, vmax=1)
    left.figure.colorbar(shade, ax=left)
    left.set(title="The neuron's weights", xticks=[], yticks=[])
    for digit, colour in ((0, BLUE), (1, ORANGE)):
        sums = [neuron(image) for image in train.x[train.y == digit]]
        right.hist(sums, 25, color=colour, alpha=0.7, label=f"images of {digit}")
    right.set(title="What it answers", xlabel="weighted sum", ylabel="images")
    right.legend()

# %% [raw] lang="fr"
# Compute the weighted sum of the pixels, without bias or activation.
# -> Calcule la somme pondérée des pixels, sans biais ni activation.
# The neuron's weights -> Les poids du neurone
# images of {digit} -> images de {digit}
# What it answers -> Ce qu'il répond
# weighted sum -> somme pondérée

# %% [markdown] lang="en"
# One neuron nearly tells two digits apart. For ten we take a **layer**: several neurons that see the same pixels, each
# with weights of its own. Their sums are turned into probabilities by the **softmax**:
#
# $$p_i = \frac{e^{z_i}}{e^{z_1} + e^{z_2} + \dots + e^{z_n}}$$
#
# All $p_i$ are positive and their sum is 1; the largest sum $z_i$ gets the largest probability.
#
# ### ✏️ Exercise 2: softmax
#
# Write it with `np.exp` and `.sum()`.

# %% [markdown] lang="fr"
# À lui seul, un neurone distingue presque deux chiffres. Pour dix, on prend une **couche** : plusieurs neurones qui
# voient les mêmes pixels, chacun avec ses propres poids. La fonction **softmax** transforme leurs sommes en
# probabilités :
#
# $$p_i = \frac{e^{z_i}}{e^{z_1} + e^{z_2} + \dots + e^{z_n}}$$
#
# Tous les $p_i$ sont positifs et leur somme vaut 1 ; la plus grande somme $z_i$ reçoit la plus grande probabilité.
#
# ### ✏️ Exercice 2 : softmax
#
# Écrivez-la avec `np.exp` et `.sum()`.


# %% tags=["exercise"]
def softmax(sums: np.ndarray) -> np.ndarray:
    """Turn sums into probabilities."""
    # solution
    exponentials = np.exp(sums - sums.max())  # taking the largest away changes nothing, but nothing overflows
    return exponentials / exponentials.sum()
    # end


check(softmax(np.array([1.0, 2.0, 3.0])), [0.09003, 0.24473, 0.66524])

# %% [raw] lang="fr"
# Turn sums into probabilities. -> Transforme des sommes en probabilités.
# taking the largest away changes nothing, but nothing overflows
# -> retrancher la plus grande ne change rien, mais évite tout dépassement

# %% [markdown] lang="en"
# Nobody sets 28 × 28 × 10 weights by hand: they are **learnt**, and chapter 4 says how. Here is the smallest network of
# the project, a single layer, trained with Keras in three lines. Its weights can be looked at, one image for each
# digit.

# %% [markdown] lang="fr"
# Personne ne fixe 28 × 28 × 10 poids à la main : ils sont **appris**, le chapitre 4 dit comment. Voici le plus petit
# réseau du projet, une seule couche, entraîné avec Keras en trois lignes. On peut regarder ses poids : une image par
# chiffre.

# %%
import keras

from model.network import build_network
from training.evaluation.metrics import predict, score
from training.explain.insight import first_kernels

layer = build_network("dense1", classes=10)
layer.compile(keras.optimizers.AdamW(weight_decay=0.1), "sparse_categorical_crossentropy")
layer.fit(train.x[..., None], train.y, batch_size=32, epochs=EPOCHS, verbose=0)
accuracy = score(predict(layer, validation), validation.y).accuracy
print(f"one layer: {accuracy:.1%} right on the validation set")

weights = first_kernels(layer)
with figure(2, 5, (10, 4.3)) as axes:
    axes[0, 0].figure.suptitle("Weights of each digit's neuron: ink on red speaks for it, on blue against it")
    for digit, panel in enumerate(axes.ravel()):
        panel.imshow(weights[..., digit], cmap="RdBu_r", vmin=-0.3, vmax=0.3)
        panel.set(title=f"{digit}", xticks=[], yticks=[])

# %% [raw] lang="fr"
# one layer: {accuracy:.1%} right on the validation set
# -> une couche : {accuracy:.1%} de bonnes réponses sur l'ensemble de validation
# Weights of each digit's neuron: ink on red speaks for it, on blue against it
# -> Poids du neurone de chaque chiffre : l'encre sur le rouge l'active, sur le bleu le freine

# %% [markdown] lang="en"
# Between two layers stands an activation function, mostly **ReLU**: $f(z) = \max(0, z)$. Without it, two layers would
# be no more than one: sums of sums are sums. With it, layers can be stacked, each building on what the one before has
# found: that is a *deep* network.

# %% [markdown] lang="fr"
# Entre deux couches se place une fonction d'activation, le plus souvent **ReLU** : $f(z) = \max(0, z)$. Sans elle, deux
# couches n'en vaudraient qu'une : des sommes de sommes sont des sommes. Avec elle, on peut empiler les couches, chacune
# s'appuyant sur ce qu'a trouvé la précédente : c'est un réseau *profond*.

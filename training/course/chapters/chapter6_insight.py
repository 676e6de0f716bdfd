# %% [markdown] lang="en"
# ## 6. What the network sees
#
# Its kernels are learnt. Here are some of the first convolution, and the feature maps they make; below, maps of the
# second convolution.

# %% [markdown] lang="fr"
# ## 6. Ce que voit le réseau
#
# Ses noyaux sont appris. En voici quelques-uns de la première convolution, avec les cartes de caractéristiques qu'ils
# donnent ; en dessous, des cartes de la deuxième convolution.

# %%
from training.explain.insight import activations
from training.plots.layers import liveliest

glyph = test.x[0]
maps = activations(network, glyph)
first, second = (liveliest(maps[name], 8) for name in ("conv1", "conv2"))
with figure(3, 8, (11, 4.5)) as axes:
    axes[0, 0].figure.suptitle("Kernels and maps of the first convolution; maps of the second")
    for column in range(8):
        axes[0, column].imshow(first_kernels(network)[..., first[column]], cmap="RdBu_r", vmin=-0.5, vmax=0.5)
        axes[1, column].imshow(maps["conv1"][..., first[column]], cmap="inferno")
        axes[2, column].imshow(maps["conv2"][..., second[column]], cmap="inferno")
    for panel in axes.ravel():
        panel.set(xticks=[], yticks=[])

# %% [raw] lang="fr"
# Kernels and maps of the first convolution; maps of the second
# -> Noyaux et cartes de la première convolution ; cartes de la deuxième

# %% [markdown] lang="en"
# **Grad-CAM** (Selvaraju et al. 2017) asks which places speak for a class: each map of the last convolution is weighed
# by the mean of the class's gradient over it, the sum is cut at zero. The mean is right when the network itself takes
# the mean of each map before it decides (global pooling). Ours does not: behind the maps stand `Flatten` and `Dense`,
# for which every place has weights of its own. **Integrated gradients** (Sundararajan et al. 2017) ask the pixels
# instead: the digit is faded in from empty paper, and each pixel gets its share of what that adds to the class.

# %% [markdown] lang="fr"
# **Grad-CAM** (Selvaraju et al. 2017) demande quels endroits contribuent à une classe : chaque carte de la dernière
# convolution est pondérée par la moyenne, sur cette carte, du gradient de la classe, et la somme est coupée à zéro.
# Prendre la moyenne est correct quand le réseau lui-même fait la moyenne de chaque carte avant de décider (*global
# pooling*). Ce n'est pas le cas du nôtre : derrière les cartes viennent `Flatten` et `Dense`, pour lesquels chaque
# endroit a ses propres poids. Les **gradients intégrés** (Sundararajan et al. 2017) interrogent plutôt les pixels : le
# chiffre apparaît peu à peu sur le papier vide, et chaque pixel reçoit sa part de ce que cela ajoute à la classe.


# %%
import keras
import tensorflow as tf

from training.explain.insight import integrated_gradients


def grad_cam(image: np.ndarray, number: int) -> np.ndarray:
    """Compute where the last convolution's maps speak for a class: (28, 28)."""
    inner = keras.Model(network.inputs[0], [network.get_layer("conv2").output, network.get_layer("logits").output])
    with tf.GradientTape() as tape:
        feature_maps, logits = inner(image[None, ..., None].astype("float32"))
        logit = logits[0, number]
    weights = tf.reduce_mean(tape.gradient(logit, feature_maps), axis=(1, 2), keepdims=True)
    heat = tf.nn.relu(tf.reduce_sum(weights * feature_maps, axis=-1))[0].numpy()
    return cv2.resize(heat, (28, 28))


likely = np.argsort(-maps["probabilities"])[:3]
added = integrated_gradients(network, glyph)
limit = np.abs(added).max()
with figure(2, 4, (10, 5.6)) as axes:
    axes[0, 0].figure.suptitle("What speaks for each of the three likeliest classes")
    for row, name in zip(axes, ("Grad-CAM", "integrated gradients"), strict=True):
        show_glyph(row[0], glyph)
        row[0].set_ylabel(name)
    for above, below, number in zip(axes[0, 1:], axes[1, 1:], likely, strict=True):
        above.imshow(grad_cam(glyph, number), cmap="inferno")
        below.imshow(added[number], cmap="RdBu_r", vmin=-limit, vmax=limit)
        above.set(title=f"for {CLASS_NAMES[number]}: {maps['probabilities'][number]:.1%}")
        for panel, colour in ((above, "white"), (below, "black")):
            panel.contour(glyph, levels=[96], colors=colour, linewidths=1)
            panel.set(xticks=[], yticks=[])

# %% [raw] lang="fr"
# Compute where the last convolution's maps speak for a class: (28, 28).
# -> Calcule où les cartes de la dernière convolution contribuent à une classe : (28, 28).
# What speaks for each of the three likeliest classes -> Ce qui contribue à chacune des trois classes les plus probables
# integrated gradients -> gradients intégrés
# for {CLASS_NAMES[number]}: {maps['probabilities'][number]:.1%}
# -> pour {CLASS_NAMES[number]} : {maps['probabilities'][number]:.1%}

# %% [markdown] lang="en"
# Which of the two lies where you would look? Take the ink away that each marks as most important, and read again: the
# one that knows what the reading depends on makes it fall further.

# %% [markdown] lang="fr"
# Laquelle des deux désigne les endroits que vous regarderiez ? Enlevons l'encre que chacune donne pour la plus
# importante et relisons : celle qui sait de quoi dépend la lecture la fait baisser davantage.


# %%
def without(image: np.ndarray, heat: np.ndarray, share: float = 0.2) -> np.ndarray:
    """Take away the share of the ink where the map is strongest."""
    ink = np.argwhere(image > 96)
    strongest = np.argsort(-heat[image > 96])[: round(share * len(ink))]
    changed = image.copy()
    changed[tuple(ink[strongest].T)] = 0
    return changed


some, labels = test.x[:20], test.y[:20]
by_chance = np.random.default_rng(SEED)
ways = {
    "nothing taken away": lambda x, y: x,
    "a fifth, by chance": lambda x, y: without(x, by_chance.random(x.shape)),
    "a fifth, by Grad-CAM": lambda x, y: without(x, grad_cam(x, y)),
    "a fifth, by integrated gradients": lambda x, y: without(x, integrated_gradients(network, x)[y]),
}
for name, take_away in ways.items():
    changed = np.stack([take_away(x, y) for x, y in zip(some, labels, strict=True)])
    p = network.predict(changed[..., None], verbose=0)[np.arange(20), labels]
    print(f"{name}: {p.mean():.0%}")

# %% [raw] lang="fr"
# Take away the share of the ink where the map is strongest.
# -> Enlève la part de l'encre où la carte est la plus forte.
# nothing taken away -> rien d'enlevé
# a fifth, by chance -> un cinquième, au hasard
# a fifth, by Grad-CAM -> un cinquième, selon Grad-CAM
# a fifth, by integrated gradients -> un cinquième, selon les gradients intégrés

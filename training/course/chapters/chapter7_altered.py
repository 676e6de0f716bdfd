# %% [markdown] lang="en"
# ## 7. Altered images
#
# MNIST's digits are neat. What if a digit is somewhere else, or larger? Each test image is enlarged, its digit put at a
# random place in a random size, then all is reduced to 28×28 again. We read it as it is, and cut out and centred first
# by `normalise`, as the camera does.

# %% [markdown] lang="fr"
# ## 7. Images altérées
#
# Les chiffres de MNIST sont bien rangés. Et si un chiffre est ailleurs, ou plus grand ? Chaque image de test est
# agrandie, son chiffre placé au hasard dans une taille tirée au hasard, puis le tout est réduit de nouveau à 28×28.
# Nous le lisons tel quel, puis découpé et centré d'abord par `normalise`, comme le fait la caméra.

# %%
from training.evaluation.corruptions import ALTERATIONS, alter_all, normalise_all
from training.evaluation.robustness import measure_moved


def read_all(glyphs: np.ndarray) -> np.ndarray:
    """Compute the network's probabilities: (n, 28, 28) to (n, 11)."""
    return network.predict(glyphs[..., None], batch_size=512, verbose=0)


some = test_images.take(500, SEED)
moved = measure_moved(some, read_all, SEED)
print(f"plain: {moved.plain.accuracy:.1%}")
print(f"moved: {moved.straight:.1%}")
print(f"moved and centred again: {moved.moved.accuracy:.1%}")
rows_names = ("moved", "centred again")
rows = (some.x[:12], moved.images[:12], normalise_all(moved.images[:12]))
with figure(size_in=(11, 3.2)) as axes:
    show_glyph(axes, np.block([list(row) for row in rows]))
    axes.set(title="Test images, moved and centred again", yticks=(14, 42, 70))
    axes.set_yticklabels(("plain", "moved", "centred again"))

# %% [raw] lang="fr"
# Compute the network's probabilities: (n, 28, 28) to (n, 11).
# -> Calcule les probabilités du réseau : de (n, 28, 28) à (n, 11).
# plain: {moved.plain.accuracy:.1%} -> tel quel : {moved.plain.accuracy:.1%}
# moved: {moved.straight:.1%} -> déplacé : {moved.straight:.1%}
# moved and centred again: {moved.moved.accuracy:.1%} -> déplacé puis recentré : {moved.moved.accuracy:.1%}
# Test images, moved and centred again -> Des images de test, déplacées puis recentrées
# plain -> tel quel
# moved -> déplacé
# centred again -> recentré

# %%
with figure(1, 2, (11, 5)) as axes:
    axes[0].figure.suptitle("Confusion matrices of the moved images")
    for panel, images, title in zip(axes, (moved.images, normalise_all(moved.images)), rows_names, strict=True):
        draw_confusion(panel, confusion_matrix(some.y, read_all(images).argmax(axis=1), labels=range(10)), title)

# %% [raw] lang="fr"
# Confusion matrices of the moved images -> Matrices de confusion des images déplacées

# %% [markdown] lang="en"
# How much of each alteration does the network bear?

# %% [markdown] lang="fr"
# Quelle dose de chaque altération le réseau supporte-t-il ?

# %%
titles = {
    "rotation": "rotation (degrees)",
    "thickness": "thickness (pixels added)",
    "noise": "noise (grey levels)",
    "occlusion": "hidden square (pixels)",
}
with figure(1, 4, (12, 3.2), sharey=True) as axes:
    axes[0].set_ylabel("share read right")
    for panel, (name, title) in zip(axes, titles.items(), strict=True):
        alteration = next(one for one in ALTERATIONS if one.name == name)
        accuracies = []
        for strength in alteration.strengths:
            altered = alter_all(some.x, lambda x, rng, a=alteration, s=strength: a.apply(x, s, rng), SEED)
            accuracies.append(np.mean(read_all(normalise_all(altered)).argmax(axis=1) == some.y))
        panel.plot(alteration.strengths, accuracies, "o-", color=BLUE)
        panel.set(title=title, ylim=(0, 1.03))
        panel.locator_params(axis="x", integer=True)
        panel.grid(alpha=0.3)

# %% [raw] lang="fr"
# rotation (degrees) -> rotation (degrés)
# thickness (pixels added) -> épaisseur (pixels ajoutés)
# noise (grey levels) -> bruit (niveaux de gris)
# hidden square (pixels) -> carré caché (pixels)
# share read right -> part de bonnes réponses

# %% [markdown] lang="en"
# Which would you still read yourself? (A 6 turned by 180 degrees is a 9, for people too.)

# %% [markdown] lang="fr"
# Lesquelles liriez-vous encore vous-même ? (Un 6 tourné de 180 degrés est un 9, pour nous aussi.)

# %% [markdown] lang="en"
# ## 5. Evaluation
#
# Now, once, the test set. The **accuracy** is the share of images read right.

# %% [markdown] lang="fr"
# ## 5. Évaluation
#
# Maintenant, une seule fois, l'ensemble de test. L'**exactitude** (*accuracy*) est la part d'images bien lues.

# %%
probabilities = network.predict(test.x[..., None], verbose=0)
answers = probabilities.argmax(axis=1)
print(f"{np.mean(answers == test.y):.2%} of {len(test)} images right")

# %% [raw] lang="fr"
# {np.mean(answers == test.y):.2%} of {len(test)} images right
# -> {np.mean(answers == test.y):.2%} des {len(test)} images bien lues

# %% [markdown] lang="en"
# The **confusion matrix** says more: each row is a true digit, each column what was read. On the diagonal is what is
# right.

# %% [markdown] lang="fr"
# La **matrice de confusion** en dit plus : chaque ligne est un vrai chiffre, chaque colonne ce qui a été lu. Sur la
# diagonale se trouvent les bonnes réponses.

# %%
from sklearn.metrics import classification_report, confusion_matrix


def draw_confusion(axes: Axes, confusion: np.ndarray, title: str) -> None:
    """Draw the counts; the shade follows their square root, so that single mistakes are seen."""
    axes.imshow(np.sqrt(confusion), cmap="Blues")
    for (row, column), number in np.ndenumerate(confusion):
        if number:
            colour = "white" if number > confusion.max() / 2 else "black"
            axes.text(column, row, number, ha="center", va="center", color=colour)
    axes.set(title=title, xlabel="read as", ylabel="true digit", xticks=range(10), yticks=range(10))


confusion = confusion_matrix(test.y, answers, labels=range(10))
with figure(size_in=(6.6, 6)) as axes:
    draw_confusion(axes, confusion, "Confusion matrix")

# %% [raw] lang="fr"
# Draw the counts; the shade follows their square root, so that single mistakes are seen.
# -> Trace les nombres ; la teinte suit leur racine carrée, pour que les erreurs isolées se voient.
# Confusion matrix -> Matrice de confusion
# read as -> lu comme
# true digit -> vrai chiffre

# %% [markdown] lang="en"
# ### ✏️ Exercise 8: recall and precision
#
# - **Recall**: of all that *is* a 7, what share was read as 7? (along a row)
# - **Precision**: of all that was *read* as 7, what share is a 7? (along a column)
#
# Write the recall of every digit. `np.diag(confusion)` gives the diagonal, `confusion.sum(axis=1)` the sum of each row.

# %% [markdown] lang="fr"
# ### ✏️ Exercice 8 : rappel et précision
#
# - **Rappel** (*recall*) : de tout ce qui *est* un 7, quelle part a été lue comme 7 ? (le long d'une ligne)
# - **Précision** (*precision*) : de tout ce qui a été *lu* comme 7, quelle part est un 7 ? (le long d'une colonne)
#
# Écrivez le rappel de chaque chiffre. `np.diag(confusion)` donne la diagonale, `confusion.sum(axis=1)` la somme de
# chaque ligne.


# %% tags=["exercise"]
def recall(confusion: np.ndarray) -> np.ndarray:
    """Compute the recall of each class: the share of its row on the diagonal."""
    # solution
    return np.diag(confusion) / confusion.sum(axis=1)
    # end


check(recall(np.array([[8, 2], [1, 4]])), [0.8, 0.8])
check(recall(np.array([[5, 0, 5], [0, 3, 1], [0, 0, 9]])), [0.5, 0.75, 1.0])

# %% [raw] lang="fr"
# Compute the recall of each class: the share of its row on the diagonal.
# -> Calcule le rappel de chaque classe : la part de sa ligne qui est sur la diagonale.

# %% [markdown] lang="en"
# scikit-learn computes all of them; F1 is the harmonic mean of precision and recall, *support* the number of images.

# %% [markdown] lang="fr"
# scikit-learn calcule toutes ces mesures ; F1 est la moyenne harmonique de la précision et du rappel, *support* le
# nombre d'images.

# %%
from training.evaluation.metrics import CLASS_NAMES
from training.plots.evaluation import worst_mistakes

print(classification_report(test.y, answers, labels=range(10), digits=4, zero_division=0))
with figure(2, 6, (10, 4.2)) as axes:
    axes[0, 0].figure.suptitle("The mistakes it was surest of")
    for panel in axes.ravel():
        panel.axis("off")
    for panel, index in zip(axes.ravel(), worst_mistakes(probabilities, test.y), strict=False):
        panel.axis("on")
        read = int(probabilities[index].argmax())
        sure = probabilities[index, read]
        show_glyph(panel, test.x[index], f"true {test.y[index]}, read {CLASS_NAMES[read]}\n{sure:.0%} sure")

# %% [raw] lang="fr"
# The mistakes it was surest of -> Les erreurs dont il était le plus sûr
# true {test.y[index]}, read {CLASS_NAMES[read]}\n{sure:.0%} sure
# -> vrai {test.y[index]}, lu {CLASS_NAMES[read]}\nsûr à {sure:.0%}

# %% [markdown] lang="en"
# What do these figures say? The project puts a test into words from its figures:

# %% [markdown] lang="fr"
# Que disent ces chiffres ? Le projet commente un test d'après ses résultats :

# %%
from training.evaluation.summary import comment

display(Markdown(comment(score(probabilities, test.y), probabilities, test.y)))

# %% [markdown] lang="en"
# Look at the mistakes: which would you read right yourself?

# %% [markdown] lang="fr"
# Regardez les erreurs : lesquelles auriez-vous bien lues ?

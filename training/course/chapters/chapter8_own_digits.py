# %% [markdown] lang="en"
# ## 8. Your own digits
#
# Draw digits with a broad brush in Paint, or take photos, one digit a picture; name them `7_first.png`, or sort them
# into folders `0` to `9`. Any size will do, dark on light or light on dark. Then give the folder as `OWN` in the first
# cell. Without a folder, the project's pen writes ten digits.

# %% [markdown] lang="fr"
# ## 8. Vos propres chiffres
#
# Dessinez des chiffres avec un pinceau épais dans Paint, ou prenez des photos, un chiffre par image ; nommez-les
# `7_premier.png`, ou rangez-les dans des dossiers `0` à `9`. Toutes les tailles conviennent, foncé sur clair ou clair
# sur foncé. Donnez ensuite le dossier comme `OWN` dans la première cellule de code. Sans dossier, le stylo du projet
# écrit dix chiffres.

# %%
from capture.synthetic.handwriting import draw_hand
from capture.synthetic.page import page_of
from capture.synthetic.styles import Style
from training.datasets.folder import load_own

folder = Path(OWN or tempfile.mkdtemp())
if not OWN:
    for digit in range(10):
        page = page_of(str(digit), (160, 200), Style(digit_px=80), draw_hand(np.random.default_rng(digit)), digit)
        cv2.imwrite(str(folder / f"{digit}_pen.png"), page.image)

own = load_own(folder, limit=10, seed=SEED)
own_probabilities = read_all(own.digits.x)
with figure(2, 10, (12, 3.6), squeeze=False) as axes:
    axes[0, 0].figure.suptitle("Pictures, and below what the network gets and reads")
    for panel in axes.ravel():
        panel.axis("off")
    for number, (name, above, below) in enumerate(zip(own.names, *axes, strict=False)):
        row = own_probabilities[number]
        show_glyph(above, cv2.imread(str(folder / name)))
        show_glyph(below, own.digits.x[number], f"{CLASS_NAMES[row.argmax()]} ({row.max():.0%})")
        above.axis("on")
        below.axis("on")
right = np.sum(own_probabilities.argmax(axis=1) == own.digits.y)
print(f"{right} of {len(own.names)} read right")

# %% [raw] lang="fr"
# Pictures, and below what the network gets and reads -> Les images, et dessous ce que le réseau reçoit et lit
# {right} of {len(own.names)} read right -> {right} bien lus sur {len(own.names)}

# %% [markdown] lang="en"
# Are they read less well than MNIST's? A network knows only the hands and pens it has seen. In France a 1 has a long
# upstroke and a 7 often a bar; most of MNIST's writers, Americans, leave both out. The network that ships has seen
# more hands: train it with `python train.py fit --recipe full`.

# %% [markdown] lang="fr"
# Sont-ils moins bien lus que ceux de MNIST ? Un réseau ne connaît que les écritures et les stylos qu'il a vus. En
# France, le 1 a un long trait montant et le 7 souvent une barre ; la plupart des scripteurs de MNIST, des Américains,
# ne font ni l'un ni l'autre. Le réseau livré avec le projet a vu plus d'écritures : on l'entraîne avec
# `python train.py fit --recipe full`.

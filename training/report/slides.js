// Turns the slides by keys; without this, one scrolls.
const slides = [...document.querySelectorAll("section")];
const shown = () => slides.findIndex((slide) => slide.getBoundingClientRect().bottom > innerHeight / 2);
const steps = { ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1 };
addEventListener("keydown", (event) => {
  if (!(event.key in steps) || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  slides[Math.min(Math.max(shown() + steps[event.key], 0), slides.length - 1)].scrollIntoView();
});

// Brings the cited place into view by scrolling this page only: scrollIntoView would also move the page around it.
(() => {
  const wide = window.matchMedia("(min-width: 600px)").matches;
  const outline = document.querySelector("details.outline");
  if (outline && !wide) outline.open = false;
  const cited = document.getElementById("cited");
  if (cited && !(location.hash && location.hash !== "#cited")) {
    const words = document.querySelector("mark.words") || cited;
    const top = words.getBoundingClientRect().top + window.scrollY;
    window.scrollTo(0, Math.max(0, top - window.innerHeight * 0.35));
    cited.focus({ preventScroll: true });
  }
  const print = document.querySelector("button.print");
  if (print) {
    print.hidden = false;
    print.onclick = () => window.print();
  }
  const current = document.querySelector('nav.side a[aria-current="true"]');
  const side = document.querySelector("nav.side");
  if (current && side && wide) side.scrollTop = current.offsetTop - side.clientHeight / 2;
})();

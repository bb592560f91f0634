// Runs before the page is drawn: style sheets may hide what needs script, or what script replaces.
document.documentElement.classList.add('js');

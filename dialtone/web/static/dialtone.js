// What script adds to pages that work without it. No framework: each part finds its elements by a data attribute
// and listens on the document, so what htmx swaps in works too. Sentences come translated from <template id="words">.
'use strict';
(() => {
  const root = document.documentElement;
  const find = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const words = () => find('#words')?.dataset ?? {};
  const on = (type, selector, act) => document.addEventListener(type, (event) => {
    const element = event.target.closest?.(selector);
    if (element) act(element, event);
  });

  // --- telling: quietly to screen readers, or as a toast to everybody -----------------------------------------

  function say(text) {
    const live = find('#live');
    live.textContent = '';
    setTimeout(() => { live.textContent = text; }, 50);
  }

  function toast(text, tone) {
    const toasts = find('#toasts');
    if (all('.notice', toasts).some((one) => one.dataset.text === text)) return;
    const notice = document.createElement('div');
    notice.className = `notice tone-${tone}`;
    notice.dataset.text = text;
    const said = document.createElement('div');
    said.textContent = text;
    const close = document.createElement('button');
    close.type = 'button';
    close.className = 'btn-plain';
    close.textContent = '×';
    close.setAttribute('aria-label', words().close);
    close.addEventListener('click', () => notice.remove());
    notice.append(said, close);
    toasts.append(notice);
  }

  // --- menus: one open at a time, closed by Escape or a click elsewhere; arrows move in them ---------------------

  document.addEventListener('click', (event) => {
    for (const menu of all('details.menu[open]')) if (!menu.contains(event.target)) menu.open = false;
  });

  document.addEventListener('keydown', (event) => {
    const menu = event.target.closest?.('details.menu[open]');
    if (event.key === 'Escape') {
      if (menu) { menu.open = false; find('summary', menu).focus(); }
      for (const term of all('.term:hover, .term:focus-within')) term.classList.add('is-closed');
    }
    if (menu && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      const items = all('.menu-body a, .menu-body button, .menu-body input:not([type=hidden])', menu);
      const step = event.key === 'ArrowDown' ? 1 : -1;
      const at = items.indexOf(document.activeElement);
      items.at(at < 0 && step < 0 ? -1 : (at + step) % items.length)?.focus();
      event.preventDefault();
    }
    if (event.key === '/' && !event.target.closest('input, textarea, select, [contenteditable]')) {
      const search = find('[data-key="/"]');
      if (search) { event.preventDefault(); search.focus(); }
    }
  });

  document.addEventListener('mouseout', (event) => event.target.closest?.('.term')?.classList.remove('is-closed'));
  document.addEventListener('focusout', (event) => event.target.closest?.('.term')?.classList.remove('is-closed'));
  on('click', '.sidebar a', () => { const nav = find('#nav'); if (nav.matches(':popover-open')) nav.hidePopover(); });

  // --- light and dark: at once, and remembered by the server's own cookie -----------------------------------------

  on('submit', '[data-theme-form]', (form, event) => {
    event.preventDefault();
    const { value } = event.submitter;
    if (value === 'auto') delete root.dataset.bsTheme; else root.dataset.bsTheme = value;
    for (const button of all('button', form)) button.toggleAttribute('aria-current', button === event.submitter);
    form.closest('details').open = false;
    const body = new FormData(form, event.submitter);
    fetch(form.action, { method: 'POST', body, redirect: 'manual' }).catch(() => toast(words().network, 'refused'));
  });

  // --- copying ---------------------------------------------------------------------------------------------------

  const linesOf = (selector) => all('li', find(selector)).map((line) => line.textContent.trim()).join('\n');

  on('click', '[data-copy], [data-copy-text]', async (button) => {
    await navigator.clipboard.writeText(button.dataset.copy ?? linesOf(button.dataset.copyText));
    say(words().copied);
    const use = find('use', button);
    const drawn = use.getAttribute('href');
    use.setAttribute('href', drawn.replace(/#.*/, '#check'));
    setTimeout(() => use.setAttribute('href', drawn), 1500);
  });
  on('focusin', '[data-select]', (input) => input.select());

  on('click', '[data-save]', (button) => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([`${linesOf(button.dataset.save)}\n`], { type: 'text/plain' }));
    link.download = button.dataset.file;
    link.click();
    URL.revokeObjectURL(link.href);
  });
  on('click', '[data-print]', (button) => { button.closest('details')?.removeAttribute('open'); print(); });

  // --- passkeys: the browser's refusal in words (allauth's script makes and asks for them) -----------------------

  document.addEventListener('allauth.error', (event) => { event.preventDefault(); toast(words().passkey, 'refused'); });

  // --- dialogs: the question's own page, shown over this one --------------------------------------------------

  on('click', 'a[data-dialog]', async (link, event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    try {
      const answer = await fetch(link.href, { headers: { 'X-Requested-With': 'dialog' } });
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const question = find('[data-confirm]', page);
      if (!answer.ok || !question) { location.assign(link.href); return; }
      const dialog = find('#dialog');
      dialog.replaceChildren(document.adoptNode(question));
      dialog.returnFocus = link;
      dialog.showModal();
    } catch {
      location.assign(link.href);
    }
  });
  on('click', '#dialog [data-dialog-close]', (link, event) => { event.preventDefault(); find('#dialog').close(); });
  // A question that the page itself asks; without script it stands on the page.
  const asked = find('[data-dialog-now]');
  if (asked) { find('#dialog').replaceChildren(asked); find('#dialog').showModal(); }
  find('#dialog')?.addEventListener('close', (event) => event.target.returnFocus?.focus());

  // --- lists: select all, the bar of bulk actions, chosen columns ---------------------------------------------

  const rowsOf = (element) => all('[data-pick]', element.closest('table'));

  function countPicked(table) {
    const boxes = all('[data-pick]', table);
    const picked = boxes.filter((box) => box.checked).length;
    const page = find('[data-pick-page]', table);
    if (page) {
      page.checked = picked > 0 && picked === boxes.length;
      page.indeterminate = picked > 0 && picked < boxes.length;
    }
    const bar = table.closest('.listing') && find('[data-bulk]', table.closest('.listing'));
    if (!bar) return;
    bar.classList.toggle('is-active', picked > 0);
    const everything = find('[data-pick-everything]', bar);
    if (everything && picked < boxes.length) everything.checked = false;
    find('[data-bulk-count]', bar).textContent = words().selected.replace('{n}', picked);
  }

  on('change', '[data-pick-page]', (box) => {
    for (const one of rowsOf(box)) one.checked = box.checked;
    countPicked(box.closest('table'));
    say(words().selected.replace('{n}', box.checked ? rowsOf(box).length : 0));
  });
  on('change', '[data-pick]', (box) => countPicked(box.closest('table')));

  let lastPicked = null;
  on('click', '[data-pick]', (box, event) => {
    const boxes = rowsOf(box);
    if (event.shiftKey && boxes.includes(lastPicked)) {
      const [from, to] = [boxes.indexOf(lastPicked), boxes.indexOf(box)].sort((a, b) => a - b);
      for (const one of boxes.slice(from, to + 1)) one.checked = box.checked;
      countPicked(box.closest('table'));
    }
    lastPicked = box;
  });

  on('submit', '[data-columns]', (form) => {
    const chosen = new FormData(form).getAll('columns').join('.');
    const secure = location.protocol === 'https:' ? '; secure' : '';
    document.cookie = `${form.dataset.columns}=${chosen}; path=/; max-age=31536000; samesite=lax${secure}`;
  });

  // --- forms: sent once, kept when refused, saved as one goes ---------------------------------------------------

  function setBusy(form, busy) {
    for (const button of all('button:not([type=button])', form)) {
      if (busy) button.setAttribute('aria-busy', 'true'); else button.removeAttribute('aria-busy');
    }
    form.toggleAttribute('data-in-flight', busy);
  }

  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== 'post' || form.hasAttribute('hx-post')) return;
    if (form.hasAttribute('data-in-flight')) event.preventDefault();
    else setTimeout(() => setBusy(form, true));
  });
  window.addEventListener('pageshow', () => all('form[data-in-flight]').forEach((form) => setBusy(form, false)));

  const autosaves = new WeakMap();
  on('input', 'form[data-autosave]', (form) => {
    clearTimeout(autosaves.get(form));
    autosaves.set(form, setTimeout(() => autosave(form), 800));
  });

  async function autosave(form) {
    const told = find('[data-autosave-told]', form);
    const typed = new FormData(form);
    for (const [name, value] of [...typed]) if (value instanceof File) typed.delete(name);
    told.textContent = words().saving;
    try {
      const answer = await fetch(form.dataset.autosave, { method: 'POST', body: typed, headers: { 'X-Requested-With': 'autosave' } });
      told.textContent = answer.ok ? words().saved : words().refused;
    } catch {
      told.textContent = words().network;
    }
  }

  // A field that only makes sense above one (consecutive numbers, SPK-13).
  function reveal(input) {
    const field = input.form?.elements[input.dataset.reveals]?.closest('.field');
    if (field) field.hidden = !(Number(input.value) > 1);
  }
  on('input', '[data-reveals]', reveal);

  // --- pasting numbers: a file instead of the clipboard ---------------------------------------------------------

  // A workbook is no text: it goes to the server as it is, which answers with its lines.
  function sendFile(input, file) {
    const chosen = new DataTransfer();
    chosen.items.add(file);
    input.files = chosen.files;
    input.form.requestSubmit(find('[name=what][value=check]', input.form));
  }

  async function takeFile(field, file) {
    const upload = find('[data-paste-upload]', field.closest('[data-paste]'));
    if (upload) { sendFile(upload, file); return; }
    field.value = `${field.value}${field.value && !field.value.endsWith('\n') ? '\n' : ''}${await file.text()}`;
    field.dispatchEvent(new Event('dropped', { bubbles: true }));
  }

  on('change', '[data-paste-file]', (input) => {
    if (input.files[0]) takeFile(find('textarea', input.closest('[data-paste]')), input.files[0]);
    input.value = '';
  });
  on('change', '[data-paste-upload]', (input) => { if (input.files[0]) input.form.requestSubmit(find('[name=what][value=check]', input.form)); });
  on('dragover', '[data-paste] textarea', (field, event) => { event.preventDefault(); field.classList.add('is-over'); });
  on('dragleave', '[data-paste] textarea', (field) => field.classList.remove('is-over'));
  on('drop', '[data-paste] textarea', (field, event) => {
    field.classList.remove('is-over');
    const [file] = event.dataTransfer.files;
    if (file) { event.preventDefault(); takeFile(field, file); }
  });

  // --- counting down: the page says until when; this says how long that is --------------------------------------

  const ANNOUNCED = [300, 60];

  function countDown() {
    for (const line of all('[data-until]')) {
      const left = Math.max(0, Math.round((Date.parse(line.dataset.until) - now()) / 1000));
      find('[data-left]', line).textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`;
      line.classList.toggle('is-short', left <= 300);
      const before = Number(line.dataset.before ?? Infinity);
      for (const mark of ANNOUNCED) if (before > mark && left <= mark && before !== Infinity) say(words().minutes.replace('{n}', mark / 60));
      if (before > 0 && left === 0 && before !== Infinity) toast(words().over, 'waiting');
      line.dataset.before = left;
    }
  }

  // The server's clock, not this computer's: a sandbox runs on a clock of its own.
  const lag = Date.parse(find('[data-now]')?.dataset.now ?? '') - Date.now() || 0;
  const now = () => Date.now() + lag;
  setInterval(countDown, 1000);

  // --- htmx: focus after a swap, errors nobody misses ------------------------------------------------------------

  function settle(within) {
    const first = find('[data-focus]', within);
    if (first) first.focus();
    for (const table of all('table:has([data-pick])')) countPicked(table);
    for (const input of all('[data-reveals]', within)) reveal(input);
    countDown();
  }

  document.addEventListener('htmx:afterSwap', (event) => {
    const { target } = event.detail;
    // What changes by itself (data-live) never takes the reader's place away.
    if (!target.matches('[data-live]') && (target.contains(document.activeElement) || document.activeElement === document.body)) {
      (find('[data-focus], [autofocus], h1, h2', target) ?? target).focus?.({ preventScroll: true });
    }
    settle(target);
  });
  document.addEventListener('htmx:sendError', () => toast(words().network, 'refused'));
  document.addEventListener('htmx:timeout', () => toast(words().network, 'refused'));
  document.addEventListener('htmx:responseError', () => toast(words().refused, 'refused'));
  document.addEventListener('htmx:beforeRequest', (event) => { if (event.target.matches('form')) setBusy(event.target, true); });
  document.addEventListener('htmx:afterRequest', (event) => { if (event.target.matches('form')) setBusy(event.target, false); });

  settle(document);
})();

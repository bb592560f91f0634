// Renews dialtone/web/static/vendor from npm. Running Dialtone needs none of this: the result is committed.
//
//     npm ci --ignore-scripts && node tools/vendor.mjs
//
// It copies, never bundles: Tabler's style sheet (without the parts we have no use for), htmx, the icons named
// below as one SVG sprite, the Inter font, and axe-core for the tests. Each comes with its licence; SHA256SUMS
// names every file, and tests/web/test_vendor.py checks it.
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const modules = new URL('../node_modules', import.meta.url).pathname;
const target = new URL('../dialtone/web/static/vendor', import.meta.url).pathname;
const tests = new URL('../tests/web', import.meta.url).pathname;

// Names of Tabler icons. `{% icon "phone" %}` draws one; an icon that is not listed here cannot be used.
const ICONS = `
  activity address-book adjustments alert-circle alert-triangle ambulance archive arrow-down arrow-left
  arrow-right arrow-up arrows-exchange arrows-sort ban bell bolt books brightness-auto building building-bank building-community
  building-skyscraper buildings calendar calendar-event calendar-time calendar-x cash certificate chart-bar check checklist
  chevron-down chevron-left chevron-right chevron-up circle circle-check circle-dashed circle-dot circle-half circle-x clipboard-check clipboard-list
  clock clock-pause cloud coin columns-3 copy credit-card database dialpad device-desktop device-floppy device-landline-phone
  device-mobile dots dots-vertical download edit external-link eye eye-off file file-certificate file-invoice
  file-text file-upload files filter fingerprint flag gauge git-branch git-merge hash headset help-circle history home home-check hourglass
  id inbox info-circle key language layout-dashboard layout-sidebar lifebuoy license link list list-check list-details loader
  lock lock-open login logout mail map-pin menu-2 message message-circle microphone minus moon music network note package
  package-export package-import password paperclip phone phone-call phone-incoming phone-off phone-outgoing
  phone-plus photo plug player-pause player-play player-stop plus point-filled printer progress progress-alert question-mark receipt
  receipt-refund refresh rotate route router scale search send server settings shield shield-check shield-lock shopping-cart
  sitemap sort-ascending sort-descending speakerphone square-check star sun switch-horizontal table tag test-pipe tool transfer-in
  transfer-out trash truck upload urgent user user-check user-circle user-off user-plus users users-group volume webhook wifi-off world x
`.trim().split(/\s+/);

// Parts of Tabler that no page of ours shows. A selector goes when one of these matches it, so what is left is
// Tabler's own text, unchanged. Breakpoints above 1200 px are ours (dialtone.css): two columns are plenty.
const BRANDS = 'x|facebook|twitter|linkedin|google|youtube|vimeo|dribbble|github|instagram|pinterest|vk|rss|flickr|bitbucket|tabler';
const COLOURS = 'blue|azure|indigo|purple|pink|red|orange|yellow|lime|green|teal|cyan|light|dark|muted|white|black';
const UNUSED = [
  new RegExp(`-(${BRANDS})(-lt|-fg)?(?![\\w-])`),
  new RegExp(`\\.(btn|btn-outline|btn-ghost|alert|list-group-item|ribbon|link|link-underline|text-bg|bg-gradient|border|status|table|progress|steps|legend|form-check|strength|switch|avatar|chip|nav|card|badge)-(${COLOURS})(?![\\w-])`),
  /\.(bg|text)-(gray-|(azure|indigo|purple|pink|lime|teal)(-|(?![\w-])))/,
  /\.bg-(pattern|gradient|cover|blur|dark-overlay|white-overlay|opacity)/,
  /\.(link|border|text|bg)-opacity|\.link-(offset|underline|hoverable)|\.btn-(animate|floating|ghost-(?!primary|secondary|danger))/,
  /\.(accordion|avatar|calendar|callout|carousel|chart|chat|countup|datepicker|dimmer|divide|dropzone|feather|flag)(?![\w])/,
  /\.(form-colorinput|form-imagecheck|form-floating|hr-text|icon-(pulse|tada|rotate|shake)|img|irs|io|layout|legend|markdown)(?![\w])/,
  /\.(mention|modal|navbar|navbar-nav|nav-segmented|nav-bordered|offcanvas|page|payment|placeholder|popover|ratio|ribbon|signal|signature|social)(?![\w])/,
  /\.(sortable|sparkline|space|steps|step|switch-icon|switch|theme|timeline|toast|tooltip|tracking|tag|wizard|ts|apexcharts|fc|jvm|noUi|plyr|vc|litepicker)(?![\w])/,
  /\.(strength|otp|hotspot|segmented|shadow|object|offset|order|row-cols|g[xy]|vstack|progressbg|status-indicator|text-(primary|secondary|light|dark|info|muted)-fg)(?![\w])/,
  /\.(rotate|scale|antialiased|subheader-|tracking|scroll|sticky-(sm|md|lg|xl|xxl)|fixed|float|focus-ring|link-(body|light|dark|white|muted)|signal|stepper|tom|nav-fill|nav-justified|nav-underline|nav-vertical)(?![\w])/,
  /-(xl|xxl)(-|(?![\w-]))/,
  /\[data-vc|\[data-bs-theme-|noUi|\.sr-|\.dropend|\.dropstart|\.dropup/,
];
const UNUSED_MEDIA = /min-width:\s*1[24]00|max-width:\s*1[13]99/;

mkdirSync(tests, { recursive: true });
rmSync(target, { recursive: true, force: true });
put('tabler/tabler.css', trimmedCss(read('@tabler/core/dist/css/tabler.min.css')));
licence('@tabler/core', 'tabler');
put('htmx/htmx.js', read('htmx.org/dist/htmx.min.js'));
licence('htmx.org', 'htmx');
put('icons/icons.svg', sprite(ICONS));
licence('@tabler/icons', 'icons');
for (const script of ['latin', 'latin-ext']) {
  copy(`@fontsource-variable/inter/files/inter-${script}-wght-normal.woff2`, `inter/inter-${script}.woff2`);
}
licence('@fontsource-variable/inter', 'inter');
copyFileSync(join(modules, 'axe-core/axe.min.js'), join(tests, 'axe.min.js'));
copyFileSync(join(modules, 'axe-core/LICENSE'), join(tests, 'axe.LICENSE'));
put('SHA256SUMS', files('').sort().map((name) => `${sha256(name)}  ${name}\n`).join(''));

function read(path) {
  return readFileSync(join(modules, path), 'utf8');
}

function copy(from, to) {
  mkdirSync(dirname(join(target, to)), { recursive: true });
  copyFileSync(join(modules, from), join(target, to));
}

/** Write a text file, without its sourceMappingURL: collectstatic stops on a map that is not there. */
function put(name, text) {
  mkdirSync(dirname(join(target, name)), { recursive: true });
  const lines = text.replace(/^\/[/*][#@] ?sourceMappingURL=.*$/gm, '').trimEnd();
  writeFileSync(join(target, name), lines + '\n');
}

function licence(module, folder) {
  const { version, license } = JSON.parse(read(`${module}/package.json`));
  const name = readdirSync(join(modules, module)).find((file) => /^licen[cs]e/i.test(file));
  const text = name ? read(`${module}/${name}`) : MIT(module);
  put(`${folder}/LICENSE`, `${module} ${version} (${license})\n\n${text}`);
}

/** The packages that carry no licence file say MIT in package.json; this is that licence. */
function MIT(module) {
  if (!module.startsWith('@tabler/')) throw new Error(`${module} has no licence file`);
  return `Copyright (c) 2018-2026 The Tabler Authors, Paweł Kuna

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
`;
}

function sprite(names) {
  const symbols = names.map((name) => {
    const filled = name.endsWith('-filled');
    const svg = read(`@tabler/icons/icons/${filled ? 'filled' : 'outline'}/${name.replace(/-filled$/, '')}.svg`);
    const body = svg.slice(svg.indexOf('>', svg.indexOf('<svg')) + 1, svg.lastIndexOf('</svg>'));
    const shape = body.replace(/\s*\n\s*/g, '').replaceAll(' />', '/>');
    return `<symbol id="${name}" viewBox="0 0 24 24"${filled ? ' fill="currentColor" stroke="none"' : ''}>${shape}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join('\n')}\n</svg>`;
}

/** The style sheet without the selectors in UNUSED; a rule that loses all of them goes too. */
function trimmedCss(css) {
  return blocks(css).map(({ head, body }) => {
    if (body === null) return head;
    if (head.startsWith('@keyframes') || head.startsWith('@font-face')) return `${head}{${body}}`;
    if (head.startsWith('@')) {
      const inner = UNUSED_MEDIA.test(head) ? '' : trimmedCss(body);
      return inner && `${head}{${inner}}`;
    }
    const comment = head.match(/^(@charset[^;]*;)?(\/\*[\s\S]*?\*\/)?\s*/)[0];
    const kept = selectors(head.slice(comment.length)).filter((one) => !UNUSED.some((unused) => unused.test(one)));
    return comment + (kept.length ? `${kept.join(',')}{${body}}` : '');
  }).join('');
}

/** Top-level blocks of a minified style sheet as {head, body}; body is null for what is left at the end. */
function blocks(css) {
  const found = [];
  let depth = 0, start = 0, open = 0;
  for (let at = 0; at < css.length; at++) {
    if (css[at] === '"' || css[at] === "'") at = css.indexOf(css[at], at + 1);
    else if (css.startsWith('/*', at)) at = css.indexOf('*/', at) + 1;
    else if (css[at] === '{' && depth++ === 0) open = at;
    else if (css[at] === '}' && --depth === 0) {
      found.push({ head: css.slice(start, open), body: css.slice(open + 1, at) });
      start = at + 1;
    }
  }
  if (start < css.length) found.push({ head: css.slice(start), body: null });
  return found;
}

/** Split a selector list at its commas, not at those inside parentheses or brackets. */
function selectors(list) {
  return list.split(/,(?![^(]*\))(?![^[]*\])/);
}

function files(folder) {
  return readdirSync(join(target, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = join(folder, entry.name);
    return entry.isDirectory() ? files(name) : [name];
  });
}

function sha256(name) {
  return createHash('sha256').update(readFileSync(join(target, name))).digest('hex');
}

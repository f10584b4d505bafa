import purge from '@fullhuman/postcss-purgecss';
import { join } from 'node:path';

/**
 * Takes out of the imported stylesheets what the content security policy would block or this app has no use for:
 * web fonts (NHS.UK's Frutiger, video.js's icon font in a data: URL), icons at absolute addresses, and a hack for old browsers.
 */
const clean = {
  postcssPlugin: 'viewing-room-clean',
  AtRule: {
    'font-face': (rule) => rule.remove(),
    media: (rule) => {
      if (rule.params.includes('\\0')) rule.remove();
    },
    // A query by name alone, which the minifier cannot read; the component that it belongs to is not used.
    container: (rule) => {
      if (rule.params === 'scroll-content') rule.remove();
    },
  },
  Declaration: (declaration) => {
    if (/url\(["']?(\/assets\/|data:|https?:)/.test(declaration.value)) declaration.remove();
    else if (declaration.prop === 'font-family' && declaration.value.includes('Frutiger')) declaration.value = 'Arial, sans-serif';
  },
};

/**
 * Of NHS.UK's stylesheet only what this app names, and with each name the forms that are made of it at run time (`nhsuk-tag--green`). It is read at every start, and its `:has()` are asked anew at each change of the page.
 * Everything else is kept as it is: video.js puts its names together itself.
 */
const purged = purge({
  content: ['**/*.{ts,tsx,html}', '../../node_modules/nhsuk-react-components/dist/esm/components/**/{Details,Tag,InsetText}.js'].map((files) => join(import.meta.dirname, files)),
  safelist: [/^(?!nhsuk-)/, /^nhsuk-(tag|button|input--width)(-|$)/],
});

export default { plugins: [clean, purged] };

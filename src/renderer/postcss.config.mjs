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

export default { plugins: [clean] };

/* The atlas in the browser: data files, words, numbers. Classic scripts, no request but for files of this site. */
"use strict";
const atlas = (() => {
  const page = JSON.parse(document.getElementById("page").textContent);
  const waiting = new Map(); // name of a file -> promise of its data
  const arrived = new Map(); // name of a file -> what to call when its data are here

  /** Called by each data file. */
  function receive(name, data) {
    if (!arrived.has(name)) load(name, true);
    arrived.get(name)(data);
  }

  /** The data of a file of this site, by its path without `.js`; null where there is no such file. */
  function load(name, isInPage = false) {
    if (!waiting.has(name)) {
      waiting.set(name, new Promise((resolve) => {
        arrived.set(name, resolve);
        if (isInPage) return;
        const script = document.createElement("script");
        script.src = `${page.root}/${name}.js`;
        script.onerror = () => resolve(null);
        document.head.append(script);
      }));
    }
    return waiting.get(name);
  }

  const formats = new Map();
  function number(value, decimals = 0) {
    if (!formats.has(decimals)) {
      const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
      formats.set(decimals, new Intl.NumberFormat(page.locale, digits));
    }
    return formats.get(decimals).format(value);
  }

  /** The order of names in the language of the page. */
  const { compare } = new Intl.Collator(page.locale);

  const marks = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  const escaped = (text) => String(text).replace(/[&<>"]/g, (mark) => marks[mark]);

  /** A sentence of the page's language with its blanks filled: `rank {rank} of {count}`. */
  function words(key, blanks = {}) {
    return page.words[key].replace(/\{(\w+)\}/g, (_, name) => blanks[name]);
  }

  /** A part of a file's name, as the site's builder makes it. */
  const slug = (code) => code.replace(/\+/g, "plus").replace(/[^A-Za-z0-9_-]/g, "_");

  const element = (id) => document.getElementById(id);
  return { page, receive, load, number, compare, escaped, words, slug, element };
})();

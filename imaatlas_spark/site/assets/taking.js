/* What a reader takes along: the rows that are shown as CSV, and the lines that ask for them in Python. */
"use strict";
atlas.csv = (page, now) => {
  const quoted = (text) => (/[",\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text);
  const members = page.dimensions.map(({ name }) => now.members[name]);
  const head = ["code", "year", "geo_level", "geo_code", "name", "geography", ...page.dimensions.map(({ name }) => name),
    "numerator", "denominator", "value", "obs_status", "conf_status"];
  const lines = now.rows.all.filter((row) => row.status !== "-").map((row) => [page.code, now.year, now.level, row.code, row.name,
    now.on, ...members, row.numerator, row.denominator, row.value, row.status, row.status === "Q" ? "C" : "F"]);
  const said = page.synthetic ? [[`# ${page.synthetic}`]] : [];
  return [...said, head, ...lines].map((line) => line.map((each) => quoted(each === null ? "" : String(each))).join(",")).join("\n") + "\n";
};

atlas.offerDownload = (link, page, now) => {
  const members = page.dimensions.map(({ name }) => now.members[name]).filter((member) => member !== "_T");
  if (link.href.startsWith("blob:")) URL.revokeObjectURL(link.href);
  link.href = URL.createObjectURL(new Blob(["\ufeff", atlas.csv(page, now)], { type: "text/csv" }));
  link.download = `${[page.code, now.level, now.year, ...members.map(atlas.slug)].join("_")}.csv`;
};

/** The reader's call for what is shown. */
atlas.snippet = (page, now) => {
  const members = Object.entries(now.members).filter(([, member]) => member !== "_T").map(([name, member]) => `, ${name}="${member}"`);
  const area = now.area ? `, areas=["${now.area}"]` : "";
  const map = now.map === "own" ? "" : `, map=${now.on}`;
  return `from imaatlas_spark.reader import Atlas\natlas = Atlas("warehouse")\natlas.values("${page.code}", level="${now.level}", years=[${now.year}]${area}${map}${members.join("")})`;
};

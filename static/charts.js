// Draws the figures that pages carry as JSON, in the page's own type and colours.

const figures = [...document.querySelectorAll("[data-chart]")];
const dark = window.matchMedia("(prefers-color-scheme: dark)");

/** Return the value of a token such as "accent" or, for a verdict, "same". */
function token(name) {
  const style = getComputedStyle(document.documentElement);
  return (style.getPropertyValue(`--v-${name}`) || style.getPropertyValue(`--${name}`)).trim();
}

/** Replace every "var:name" inside a figure by the token's present value. */
function coloured(value) {
  if (typeof value === "string") return value.startsWith("var:") ? token(value.slice(4)) : value;
  if (Array.isArray(value)) return value.map(coloured);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, coloured(inner)]));
}

function axis(given = {}) {
  return {
    gridcolor: token("rule"),
    linecolor: token("rule-strong"),
    zerolinecolor: token("rule-strong"),
    automargin: true,
    ...given,
  };
}

function layout(given) {
  const axes = Object.fromEntries(
    Object.entries(given).filter(([key]) => /^[xy]axis\d*$/.test(key)).map(([key, inner]) => [key, axis(inner)]),
  );
  return {
    font: { family: token("font"), size: 13, color: token("ink") },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    colorway: ["accent", "both", "model", "neither", "human", "ink-3"].map(token),
    margin: { t: 16, r: 16, b: 48, l: 56 },
    hoverlabel: { bgcolor: token("raised"), bordercolor: token("rule-strong"), font: { family: token("font"), color: token("ink") } },
    ...given,
    ...axes,
    template: undefined,
  };
}

function draw(figure) {
  const { data, layout: given = {} } = JSON.parse(document.getElementById(figure.dataset.chart).textContent);
  const settings = {
    responsive: true,
    displaylogo: false,
    displayModeBar: false,
    locale: document.documentElement.lang,
  };
  return window.Plotly.react(figure.querySelector(".chart-area"), coloured(data), layout(coloured(given)), settings);
}

function follow(figure) {
  // A treemap or bar whose points carry an address in customdata opens it on a click.
  figure.querySelector(".chart-area").on("plotly_click", ({ points: [point] }) => {
    const address = [point.customdata].flat().find((value) => typeof value === "string" && value.startsWith("/"));
    if (address) window.location.assign(address);
  });
}

for (const figure of figures) draw(figure).then(() => follow(figure));
dark.addEventListener("change", () => figures.forEach(draw));

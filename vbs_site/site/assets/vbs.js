/* Interaction only: every number is in the page without this script. Nothing is fetched from another host. */
(function () {
  "use strict";
  var library = null;

  function load(address) {
    if (!library) {
      library = new Promise(function (resolve, reject) {
        var script = document.createElement("script");
        script.src = address;
        script.onload = resolve;
        script.onerror = function () { library = null; reject(new Error("chart library")); };
        document.head.appendChild(script);
      });
    }
    return library;
  }

  function colours() {
    var style = getComputedStyle(document.body);
    function of(name) { return style.getPropertyValue(name).trim(); }
    return { text: of("--md-default-fg-color"), grid: of("--vbs-grid"), line: of("--vbs-line") };
  }

  function draw(button) {
    var id = button.dataset.vbsFigure;
    var figure = JSON.parse(document.getElementById(id).textContent);
    var place = document.getElementById(id + "-plot");
    load(new URL(button.dataset.vbsPlotly, location.href).href).then(function () {
      var colour = colours();
      var layout = Object.assign({}, figure.layout, {
        paper_bgcolor: "rgba(0,0,0,0)",
        plot_bgcolor: "rgba(0,0,0,0)",
        font: { color: colour.text, family: "inherit" }
      });
      ["xaxis", "yaxis"].forEach(function (axis) {
        layout[axis] = Object.assign({ gridcolor: colour.grid, zerolinecolor: colour.grid }, layout[axis]);
      });
      place.hidden = false;
      button.hidden = true;
      window.Plotly.newPlot(place, figure.data, layout, {
        displaylogo: false,
        responsive: true,
        modeBarButtons: [["toImage", "zoomIn2d", "zoomOut2d", "resetScale2d"]]
      });
      place.setAttribute("tabindex", "-1");
      place.focus();
    });
  }

  document.querySelectorAll("button[data-vbs-figure]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { draw(button); });
  });

  document.querySelectorAll("[data-vbs-permalink]").forEach(function (place) {
    place.textContent = location.origin + location.pathname;
  });
})();

// SPDX-License-Identifier: BSD-3-Clause
// ---- elements: text is always text, whatever the data set's names contain ----

/**
 * Makes an element. Attributes that begin with "on" are listeners, `true` is an attribute without a value, and those
 * that are false or null are left out. Children are elements or text; null ones are left out.
 */
function element(name, attributes = {}, ...children) {
    return furnish(document.createElement(name), attributes, children);
}

/** The same for SVG. */
function svg(name, attributes = {}, ...children) {
    return furnish(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

function furnish(made, attributes, children) {
    for (const [name, value] of Object.entries(attributes))
        setAttribute(made, name, value);
    made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
    return made;
}

function setAttribute(made, name, value) {
    if (name.startsWith("on"))
        made.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null && value !== undefined)
        made.setAttribute(name, value === true ? "" : value);
}

function button(text, onclick, attributes = {}) {
    return element("button", {type: "button", onclick, ...attributes}, text);
}

/** A drop-down list of [value, text] pairs. */
function choice(options, chosen, onchoose, attributes = {}) {
    return element("select", {onchange: (event) => onchoose(event.target.value), ...attributes},
        options.map(([value, text]) => element("option", {value, selected: value === chosen}, text)));
}

/** A named control: the name is its label. */
function labelled(text, control, attributes = {}) {
    return element("label", {class: "field", ...attributes}, element("span", {}, text), control);
}

/** Colours come as [r, g, b] of the data set; anything else is grey. */
function cssColor(rgb) {
    const whole = Array.isArray(rgb) && rgb.length === 3 && rgb.every((n) => Number.isInteger(n) && n >= 0 && n < 256);
    return whole ? `rgb(${rgb.join(", ")})` : "rgb(128, 128, 128)";
}

function swatch(rgb) {
    const made = element("span", {class: "swatch", "aria-hidden": "true"});
    made.style.backgroundColor = cssColor(rgb);
    return made;
}

/** Says something to people who use a screen reader. */
function announce(text) {
    const live = document.getElementById("live");
    if (live)
        live.textContent = text;
}

/** Says something to everybody: in the head of the page, until something else is said there. */
function tell(text) {
    const place = document.querySelector(".notice");
    if (place)
        place.textContent = text;
    announce(text);
}

/** Calls once, when nothing has asked again for some milliseconds. */
function afterQuiet(milliseconds, call) {
    let timer = 0;
    return (...values) => {
        clearTimeout(timer);
        timer = setTimeout(() => call(...values), milliseconds);
    };
}

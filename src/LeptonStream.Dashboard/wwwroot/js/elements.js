// Builds elements. Text only ever becomes text nodes and attribute values: nothing here, or anywhere on a page, parses markup.
// The report of a backtest embeds this file, too.

const svgNamespace = 'http://www.w3.org/2000/svg';

export function el(tag, attributes = {}, ...children) {
    return fill(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes = {}, ...children) {
    return fill(document.createElementNS(svgNamespace, tag), attributes, children);
}

// Shows these in an element in place of all it held. The one door for children besides el: a part that is left out writes nothing,
// where the browser's own replaceChildren writes "false".
export function put(element, ...children) {
    element.replaceChildren(...kept(children));
}

function fill(element, attributes, children) {
    for (const [name, value] of Object.entries(attributes)) {
        if (value === undefined || value === null || value === false) continue;
        if (typeof value === 'function') element.addEventListener(name, value);
        else element.setAttribute(name, value === true ? '' : value);
    }
    element.append(...kept(children));
    return element;
}

function kept(children) {
    return children.flat().filter(child => child !== null && child !== undefined && child !== false);
}

import { el, svg, put } from './elements.js';

export { el, svg, put };

// A name from a producer: kept apart from the text around it, whichever direction it is written in.
export function name(text, attributes = {}) {
    return el('bdi', attributes, text);
}

const shapes = {
    critical: ['M8 .8 15.2 8 8 15.2.8 8z', 'M7.2 4.2h1.6v5H7.2zM7.2 10.4h1.6V12H7.2z'],
    warning: ['M8 1.2 15.4 14.6H.6z', 'M7.2 5.8h1.6v4.4H7.2zM7.2 11.2h1.6v1.6H7.2z'],
    info: ['M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1z', 'M7.2 7h1.6v5H7.2zM7.2 4h1.6v1.6H7.2z'],
    ended: ['M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1z', 'M4.4 7.1h7.2v1.8H4.4z'],
    resolved: ['M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1z', 'M7 11.6 3.8 8.4l1.1-1.1L7 9.4l4.1-4.1 1.1 1.1z'],
};

// Shape, colour and the text beside it all show the severity.
export function icon(kind) {
    const [outline, sign] = shapes[kind] ?? shapes.info;
    return svg('svg', { class: `icon ${shapes[kind] ? kind : 'info'}`, viewBox: '0 0 16 16', 'aria-hidden': 'true' },
        svg('path', { class: 'outline', d: outline }), svg('path', { class: 'sign', d: sign }));
}

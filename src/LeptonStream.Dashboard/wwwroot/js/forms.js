// Fields of the forms by which people act on alerts: the same choices in the same order wherever they are asked.
import { el } from './dom.js';
import { t } from './text.js';

export const lengths = ['30m', '1h', '2h', '4h', '8h', '1d', '7d'];
export const reasons = ['fixed', 'accepted', 'false_alarm', 'duplicate'];
export const verdicts = ['false', 'true', 'normal'];

// A length as it is chosen, such as 2h, in milliseconds.
export const lengthOf = text => Number(text.slice(0, -1)) * { m: 60_000, h: 3_600_000, d: 86_400_000 }[text.at(-1)];

export const field = (label, control) => el('label', {}, el('span', {}, t(label)), control);

export const select = (key, values, words, chosen) =>
    el('select', { 'data-key': key }, ...values.map(value => el('option', { value, selected: value === chosen }, words(value))));

// A choice that the person makes: nothing is chosen before, so that nobody sends the first by a press too many.
export const choice = (key, values, words) => select(key, ['', ...values], value => (value ? words(value) : t('care.choose')), '');

// What was chosen or written.
export function wanted(control, missing) {
    if (control.value.trim()) return control.value;
    control.focus();
    throw new Error(t(missing));
}

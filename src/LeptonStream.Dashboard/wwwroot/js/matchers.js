// The filter: Alertmanager's matchers (severity=critical model=~"llama.*") and plain words, all of which must hold.

const matcher = /(?:([A-Za-z_:][A-Za-z0-9_:.-]*)|"((?:[^"\\]|\\.)+)")\s*(=~|!~|!=|=)\s*(?:"((?:[^"\\]|\\.)*)"|([^"\s{},]*))(?=[\s,{}]|$)/y;
const unclosed = /(?:[^\s=!~"]+(?:=~|!~|!=|=)|"(?:[^"\\]|\\.)+"\s*(?:=~|!~|!=|=))?\s*"(?:[^"\\]|\\.)*\\?$/y;
const word = /"((?:[^"\\]|\\.)*)"|([^\s,{}"]+)/y;
const between = /[\s,{}]*/y;

// {accepts(labels, text), wrong}: wrong names what can't be read, else it is null.
export function parseFilter(input) {
    const conditions = [];
    let at = skip(input, 0);
    while (at < input.length) {
        const [found, condition, wrong] = one(input, at);
        if (wrong) return { accepts: () => true, wrong };
        conditions.push(condition);
        at = skip(input, at + found.length);
    }
    return { accepts: (labels, text) => conditions.every(holds => holds(labels, text)), wrong: null };
}

// The matcher for a label, as one writes it.
export function matcherFor(label, value) {
    const plain = /^[A-Za-z_:][A-Za-z0-9_:.-]*$/.test(label);
    return `${plain ? label : quote(label)}=${quote(value)}`;
}

function one(input, at) {
    const condition = match(matcher, input, at);
    if (condition) {
        const [found, bare, quoted, operator, quotedValue, plain] = condition;
        const label = bare ?? unquote(quoted);
        const value = quotedValue === undefined ? plain : unquote(quotedValue);
        try {
            return [found, compare(label, operator, value), null];
        } catch {
            return [found, null, { key: 'filter.wrong.pattern', text: value }];
        }
    }

    if (match(unclosed, input, at)) return ['', null, { key: 'filter.wrong.quote', text: input.slice(at) }];
    const plain = match(word, input, at);
    const wanted = (plain[1] === undefined ? plain[2] : unquote(plain[1])).toLocaleLowerCase();
    if (/^[^=!~]+(=~|!~|!=|=)/.test(plain[0])) return ['', null, { key: 'filter.wrong.matcher', text: plain[0] }];
    return [plain[0], (labels, text) => text.includes(wanted), null];
}

function compare(label, operator, value) {
    const pattern = operator.endsWith('~') ? new RegExp(`^(?:${value})$`, 's') : null;
    const holds = pattern ? actual => pattern.test(actual) : actual => actual === value;
    const wanted = !operator.startsWith('!');
    return labels => holds(Object.hasOwn(labels, label) ? labels[label] : '') === wanted;
}

const quote = text => `"${text.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n')}"`;
const unquote = text => text.replace(/\\([n"\\])/g, (whole, sign) => sign === 'n' ? '\n' : sign);

function match(pattern, input, at) {
    pattern.lastIndex = at;
    return pattern.exec(input);
}

function skip(input, at) {
    return at + match(between, input, at)[0].length;
}

// The dial of the warning budget: false episodes a series-day that came, by those that each budget allows, a line for each family. Both
// axes are logarithmic; the band is half to twice of what is allowed.
const dialSize = { width: 460, height: 300, left: 48, right: 120, top: 12, bottom: 36 };

function dialPlot(dial) {
    const came = reading => Math.max(reading.realised ?? 0, 1e-3);
    const values = dial.flatMap(reading => [reading.nominal / 2, reading.nominal * 2, came(reading)]).map(Math.log10);
    const [least, most] = [Math.min(...values), Math.max(...values)];
    const { width, height, left, right, top, bottom } = dialSize;
    const part = value => (Math.log10(value) - least) / (most - least);
    const x = value => (left + part(value) * (width - left - right)).toFixed(1);
    const y = value => (height - bottom - part(value) * (height - top - bottom)).toFixed(1);
    const points = list => list.map(([nominal, value]) => `${x(nominal)},${y(value)}`).join(' ');
    const nominals = [...new Set(dial.map(reading => reading.nominal))].sort((a, b) => a - b);
    const allowed = factor => nominals.map(nominal => [nominal, factor * nominal]);
    const families = [...new Set(dial.map(reading => reading.family))];
    return svg(
        'svg',
        { class: 'dial', viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': t('dial.label') },
        svg('polygon', { class: 'allowed', points: points([...allowed(2), ...allowed(0.5).reverse()]) }),
        svg('polyline', { class: 'nominal', points: points(allowed(1)) }),
        ...nominals.flatMap(nominal => [
            svg('text', { class: 'tick', x: x(nominal), y: height - bottom + 16, 'text-anchor': 'middle' }, share(nominal)),
            svg('text', { class: 'tick', x: left - 8, y: y(nominal), 'text-anchor': 'end' }, share(nominal)),
        ]),
        svg('text', { class: 'tick', x: (left + width - right) / 2, y: height - 4, 'text-anchor': 'middle' }, t('dial.allowed')),
        ...families.flatMap((family, index) => {
            const readings = dial.filter(reading => reading.family === family).sort((a, b) => a.nominal - b.nominal);
            const last = readings[readings.length - 1];
            return [
                svg('polyline', { class: 'family', points: points(readings.map(reading => [reading.nominal, came(reading)])) }),
                ...readings.map(reading =>
                    svg(
                        'circle',
                        { class: 'reading', cx: x(reading.nominal), cy: y(came(reading)), r: 3.5 },
                        svg('title', {}, `${family}, ${reading.days} d: ${share(reading.realised)} / ${share(reading.nominal)}`),
                    ),
                ),
                svg('text', { class: 'name', x: width - right + 8, y: (Number(y(came(last))) + 12 * (index % 2)).toFixed(1) }, family),
            ];
        }),
    );
}

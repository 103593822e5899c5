// The chart of one series: lanes of values with their expected band, alarms, the score and its line; below, the whole series in small.
const sizes = { left: 58, right: 10, cap: 6, strip: 12, score: 62, axis: 22, overview: 30, gap: 7 };

class Chart {
    #columns = null;
    #zoom = null;
    #drag = null;
    #hovered = null;
    #resizing = new ResizeObserver(() => this.#draw());

    constructor(series, onRead) {
        this.series = series;
        this.onRead = onRead;
        this.laneHeight = series.metrics > 1 ? 92 : 170;
        const lanes = Math.min(series.metrics, mostLanes);
        const height =
            sizes.cap + lanes * (this.laneHeight + sizes.gap) + sizes.strip + sizes.gap + sizes.score + sizes.axis + sizes.overview;
        this.canvas = el('canvas');
        this.overlay = el('canvas', { class: 'overlay' });
        this.element = el(
            'div',
            {
                class: 'plot',
                tabindex: '0',
                role: 'figure',
                'aria-busy': 'true',
                'aria-label': this.#describe(),
                keydown: key => this.#onKey(key),
                dblclick: () => this.show(null),
                pointerdown: event => this.#onDown(event),
                pointermove: event => this.#onMove(event),
                pointerup: event => this.#onUp(event),
                pointerleave: () => this.#hover(null),
                pointercancel: () => {
                    this.#drag = null;
                    this.#hover(null);
                },
            },
            this.canvas,
            this.overlay,
        );
        this.element.style.height = `${height}px`;
    }

    // While it is near the visible part of the page; a canvas that nobody sees costs megabytes.
    async start() {
        this.started = true;
        this.#columns ??= await this.series.columns();
        if (!this.started) return;
        this.#resizing.observe(this.element);
        this.#draw();
    }

    stop() {
        this.started = false;
        this.#resizing.disconnect();
        for (const canvas of [this.canvas, this.overlay]) [canvas.width, canvas.height] = [0, 0];
        this.#columns = this.picture = null;
        this.element.setAttribute('aria-busy', 'true');
        this.series.forget();
    }

    redraw() {
        this.element.setAttribute('aria-label', this.#describe());
        if (this.started) this.#draw();
    }

    get zoomed() {
        return this.#zoom !== null;
    }

    /** Shows a stretch of time, or all of it. */
    show(zoom) {
        if (!this.#columns) return;
        const [from, to] = this.#whole();
        const least = 8 * this.#columns.step;
        if (zoom && zoom[1] - zoom[0] < least) zoom = [(zoom[0] + zoom[1] - least) / 2, (zoom[0] + zoom[1] + least) / 2];
        if (zoom && zoom[0] < from) zoom = [from, Math.min(to, zoom[1] + from - zoom[0])];
        if (zoom && zoom[1] > to) zoom = [Math.max(from, zoom[0] + to - zoom[1]), to];
        this.#zoom = zoom && (zoom[0] > from || zoom[1] < to) ? zoom : null;
        this.element.dispatchEvent(new CustomEvent('zoomed', { bubbles: true }));
        this.#draw();
    }

    /** Shows a range of rows with what is around it. */
    showRows({ first, last }) {
        const { time, step } = this.#columns;
        const around = Math.max(3 * (time[last] - time[first]), 60 * step);
        this.show([time[first] - around, time[last] + around]);
    }

    /**
     * The next range, in the order of time, that begins behind the middle of what is shown;
     * in the other direction the last that ends before it.
     */
    nextOf(ranges, direction) {
        const { time } = this.#columns;
        const [from, to] = this.#shown();
        const middle = ms => (time[ms.first] + time[ms.last]) / 2;
        const here = this.#zoom ? (from + to) / 2 : direction > 0 ? -Infinity : Infinity;
        const slack = this.#zoom ? this.#columns.step : 0;
        const beyond = ranges.filter(range => (direction > 0 ? middle(range) > here + slack : middle(range) < here - slack));
        return direction > 0 ? beyond[0] : beyond.at(-1);
    }

    #whole() {
        const { time, step } = this.#columns;
        return [time[0] - step, time.at(-1) + step];
    }

    #shown() {
        return this.#zoom ?? this.#whole();
    }

    #describe() {
        return t('figure', {
            name: this.series.title,
            events: this.series.counted.length,
            detected: this.series.counted.length - this.series.missed,
            count: this.series.falseAlarms.length,
        });
    }

    #draw() {
        const { clientWidth: width, clientHeight: height } = this.element;
        if (!this.#columns || !this.started || width === 0) return;
        for (const canvas of [this.canvas, this.overlay]) {
            [canvas.width, canvas.height] = [Math.round(width * devicePixelRatio), Math.round(height * devicePixelRatio)];
            canvas.getContext('2d').scale(devicePixelRatio, devicePixelRatio);
        }
        const plotWidth = width - sizes.left - sizes.right;
        const view = new View(this.#columns, ...this.#shown(), sizes.left, plotWidth);
        const whole = new View(this.#columns, ...this.#whole(), sizes.left, plotWidth);
        this.picture = new Picture(this.canvas.getContext('2d'), this.series, view, whole, this.laneHeight, height);
        this.picture.draw(this.#zoom !== null);
        this.element.setAttribute('aria-busy', 'false');
        this.#hover(this.#hovered);
    }

    #onDown(event) {
        if (event.button !== 0 || !this.picture) return;
        const { offsetX: x, offsetY: y } = event;
        const kind = y > this.picture.overviewTop ? (this.#zoom ? 'move' : 'choose') : 'choose';
        this.#drag = { kind, from: x, to: x };
        this.element.setPointerCapture(event.pointerId);
        if (kind === 'move') this.#moveTo(x);
    }

    #onMove(event) {
        if (!this.picture) return;
        if (this.#drag?.kind === 'move') this.#moveTo(event.offsetX);
        else if (this.#drag) this.#drag.to = event.offsetX;
        this.#hover(event.offsetX);
    }

    #onUp() {
        const drag = this.#drag;
        this.#drag = null;
        if (drag?.kind !== 'choose') return;
        const { view } = this.picture;
        if (Math.abs(drag.to - drag.from) > 5) this.show([view.ms(Math.min(drag.from, drag.to)), view.ms(Math.max(drag.from, drag.to))]);
        else this.#hover(drag.to);
    }

    #moveTo(x) {
        const [from, to] = this.#shown();
        const middle = this.picture.whole.ms(x);
        this.show([middle - (to - from) / 2, middle + (to - from) / 2]);
    }

    #hover(x) {
        this.#hovered = x;
        if (!this.picture || !this.started) return;
        const context = this.overlay.getContext('2d');
        context.clearRect(0, 0, this.overlay.width, this.overlay.height);
        const { view } = this.picture;
        if (x === null || x < view.left || x > view.left + view.width) return this.onRead(this.picture, null);
        if (this.#drag?.kind === 'choose') this.picture.choice(context, this.#drag);
        const row = Math.min(Math.max(nearestRow(this.#columns.time, view.ms(x)), view.first), view.last);
        this.picture.cross(context, row);
        this.onRead(this.picture, row);
    }

    #onKey(key) {
        if (!this.picture || key.ctrlKey || key.metaKey || key.altKey) return;
        const [from, to] = this.#shown();
        const by = (left, right) => this.show([from + left * (to - from), to + right * (to - from)]);
        const actions = {
            ArrowLeft: () => by(-0.25, -0.25),
            ArrowRight: () => by(0.25, 0.25),
            '+': () => by(0.25, -0.25),
            '=': () => by(0.25, -0.25),
            '-': () => by(-0.5, 0.5),
            Escape: () => this.show(null),
            n: () => this.step(1),
            p: () => this.step(-1),
        };
        if (!actions[key.key]) return;
        key.preventDefault();
        actions[key.key]();
    }

    /** Shows the next event or false alarm, or the one before. */
    async step(direction) {
        this.#columns ??= await this.series.columns();
        const next = this.nextOf(this.series.findings, direction);
        if (next) this.showRows(next);
    }
}

// What a chart looks like, from top to bottom.
class Picture {
    constructor(context, series, view, whole, laneHeight, height) {
        Object.assign(this, { context, series, view, whole, laneHeight, lanes: view.lanes(), colours: colours() });
        this.stripTop = sizes.cap + this.lanes.length * (laneHeight + sizes.gap);
        this.scoreTop = this.stripTop + sizes.strip + sizes.gap;
        this.scoreBottom = this.scoreTop + sizes.score;
        this.overviewTop = height - sizes.overview;
        this.tops = this.lanes.map((_, index) => sizes.cap + index * (laneHeight + sizes.gap));
        this.scales = this.lanes.map((lane, index) => scale(...view.extent(lane), this.tops[index], laneHeight));
        let top = 2;
        for (let row = view.first; row <= view.last; row++) top = Math.max(top, view.columns.score[row]);
        this.scoreScale = scale(0, top * 1.05, this.scoreTop, sizes.score);
    }

    draw(zoomed) {
        const { context, view } = this;
        context.font = `11px ${this.colours.sans}`;
        this.#axes();
        context.save();
        context.beginPath();
        context.rect(view.left, 0, view.width, this.scoreBottom);
        context.clip();
        this.#shades();
        this.lanes.forEach((lane, index) => this.#lane(lane, index));
        this.#alarms();
        this.#score();
        context.restore();
        this.#overview(zoomed);
    }

    cross(context, row) {
        const { view, colours } = this;
        const x = Math.round(view.x(view.columns.time[row])) + 0.5;
        context.strokeStyle = colours.muted;
        context.beginPath();
        context.moveTo(x, sizes.cap);
        context.lineTo(x, this.scoreBottom);
        context.stroke();
        this.lanes.forEach((lane, index) => dot(context, x, this.scales[index](lane.value[row]), colours.value, colours.panel));
        dot(
            context,
            x,
            this.scoreScale(view.columns.score[row]),
            view.columns.score[row] >= 1 ? colours.over : colours.score,
            colours.panel,
        );
    }

    choice(context, { from, to }) {
        context.fillStyle = this.colours.accent;
        context.globalAlpha = 0.15;
        context.fillRect(Math.min(from, to), sizes.cap, Math.abs(to - from), this.scoreBottom - sizes.cap);
        context.globalAlpha = 1;
    }

    #axes() {
        const { context, view, colours } = this;
        context.textBaseline = 'middle';
        context.strokeStyle = colours.grid;
        context.fillStyle = colours.muted;
        context.beginPath();
        const level = (ticks, y) => {
            context.textAlign = 'right';
            for (const tick of ticks) {
                const at = Math.round(y(tick.at)) + 0.5;
                context.moveTo(view.left, at);
                context.lineTo(view.left + view.width, at);
                context.fillText(tick.text, view.left - 7, at);
            }
        };
        context.textAlign = 'right';
        context.fillText(t('lane.alarms'), view.left - 7, this.stripTop + sizes.strip / 2);
        this.scales.forEach(y => level(valueTicks(y.low, y.high, Math.max(2, Math.floor(this.laneHeight / 40))), y));
        level(valueTicks(0, this.scoreScale.high, 2), this.scoreScale);
        context.textAlign = 'center';
        for (const tick of timeTicks(view.from, view.to, Math.max(2, Math.floor(view.width / 95)), this.series.calendar)) {
            const x = Math.round(view.x(tick.at)) + 0.5;
            if (x > view.left + 14 && x < view.left + view.width - 14) {
                context.font = `${tick.strong ? '600 ' : ''}11px ${colours.sans}`;
                context.fillText(tick.text, x, this.scoreBottom + sizes.axis / 2);
            }
            context.moveTo(x, sizes.cap);
            context.lineTo(x, this.scoreBottom);
        }
        context.stroke();
        context.font = `11px ${colours.sans}`;
    }

    #shades() {
        const { context, view, colours, series } = this;
        if (series.firstScored > 0) this.#block({ first: 0, last: series.firstScored - 1 }, colours.uncounted, 0, this.scoreBottom);
        for (const event of series.events) {
            const missed = event.counts && event.delay === undefined && series.result;
            this.#block(event, missed ? colours.missed : colours.event, sizes.cap, this.scoreBottom - sizes.cap);
            this.#block(
                event,
                event.counts ? (missed ? colours['missed-edge'] : colours['event-edge']) : colours.muted,
                0,
                sizes.cap - 2,
                3,
            );
        }
    }

    #block(range, colour, top, height, narrowest = 1) {
        const span = this.view.span(range, narrowest);
        if (!span) return;
        this.context.fillStyle = colour;
        this.context.fillRect(span[0], top, span[1], height);
    }

    #lane(lane, index) {
        const { context, view, colours } = this;
        const y = this.scales[index],
            top = this.tops[index];
        context.save();
        context.beginPath();
        context.rect(view.left, top, view.width, this.laneHeight);
        context.clip();
        context.fillStyle = colours.band;
        context.fill(bandPath(view, lane.lower, lane.upper, y));
        if (!view.dense) {
            context.strokeStyle = colours.expected;
            context.setLineDash([5, 4]);
            context.stroke(linePath(view, lane.expected, y));
            context.setLineDash([]);
        }
        context.lineCap = context.lineJoin = 'round';
        context.strokeStyle = colours.value;
        context.lineWidth = view.dense ? 1 : 1.5;
        context.stroke(linePath(view, lane.value, y));
        context.fillStyle = context.strokeStyle = colours.over;
        context.beginPath();
        view.eachRow((row, x) => {
            if (!(lane.score[row] >= 1)) return;
            if (Number.isFinite(lane.value[row])) context.fillRect(x - 1.5, y(lane.value[row]) - 1.5, 3, 3);
            else cross(context, x, top + this.laneHeight - 6);
        });
        context.stroke();
        context.restore();
        if (this.series.metrics > 1) this.#caption(lane.metric, top);
    }

    #caption(text, top) {
        const { context, view, colours } = this;
        context.font = `600 11px ${colours.sans}`;
        context.textAlign = 'left';
        context.textBaseline = 'top';
        context.lineWidth = 3;
        context.strokeStyle = colours.panel;
        context.strokeText(text, view.left + 6, top + 3);
        context.fillStyle = colours.text;
        context.fillText(text, view.left + 6, top + 3);
        context.font = `11px ${colours.sans}`;
    }

    #alarms() {
        const { colours, series, view } = this;
        this.#block({ first: view.first, last: view.last }, colours.uncounted, this.stripTop, sizes.strip);
        for (const hit of [true, false])
            for (const episode of series.alarms.filter(alarm => alarm.hit === hit))
                this.#block(episode, hit ? colours.hit : colours.false, this.stripTop + (hit ? 3 : 0), sizes.strip - (hit ? 6 : 0), 3);
    }

    #score() {
        const { context, view, colours } = this;
        const line = linePath(view, view.columns.score, this.scoreScale);
        const one = Math.round(this.scoreScale(1)) + 0.5;
        const part = (top, bottom, stroke) => {
            context.save();
            context.beginPath();
            context.rect(view.left, top, view.width, bottom - top);
            context.clip();
            context.strokeStyle = stroke;
            context.lineWidth = view.dense ? 1 : 1.5;
            context.stroke(line);
            context.restore();
        };
        part(one, this.scoreBottom, colours.score);
        part(this.scoreTop, one, colours.over);
        context.strokeStyle = colours.over;
        context.lineWidth = 1;
        context.setLineDash([4, 3]);
        context.beginPath();
        context.moveTo(view.left, one);
        context.lineTo(view.left + view.width, one);
        context.stroke();
        context.setLineDash([]);
        this.#caption(t('lane.score'), this.scoreTop);
    }

    #overview(zoomed) {
        const { context, whole, view, colours, series } = this;
        const top = this.overviewTop + 2,
            height = sizes.overview - 4;
        context.fillStyle = colours.uncounted;
        context.fillRect(whole.left, top, whole.width, height);
        context.strokeStyle = colours.expected;
        context.lineWidth = 1;
        const lane = whole.columns.lanes[0];
        context.stroke(linePath(whole, lane.value, scale(...whole.extent(lane), top + 5, height - 5)));
        const mark = (range, colour) => {
            const span = whole.span(range, 2);
            context.fillStyle = colour;
            context.fillRect(span[0], top, span[1], 4);
        };
        for (const event of series.counted)
            mark(event, event.delay === undefined && series.result ? colours['missed-edge'] : colours['event-edge']);
        for (const alarm of series.falseAlarms) mark(alarm, colours.false);
        if (!zoomed) return;
        const [left, right] = [whole.x(view.from), whole.x(view.to)];
        context.fillStyle = colours.accent;
        context.globalAlpha = 0.15;
        context.fillRect(left, top, Math.max(right - left, 2), height);
        context.globalAlpha = 1;
        context.strokeStyle = colours.accent;
        context.strokeRect(left + 0.5, top + 0.5, Math.max(right - left, 2) - 1, height - 1);
    }
}

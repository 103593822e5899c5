// The connection to the live feed. EventSource reconnects by itself, but not after a refusal, and it does not notice a connection
// that is only silent (a phone that slept, a proxy that went away): both are looked after here.

const silence = 45_000;
const longestWait = 15_000;

export class Live {
    #source = null;
    #last = 0;
    #heard = 0;
    #wait = 1000;
    #retry = 0;

    // handlers: {alert(alert), reset(), state('live' | 'reconnecting' | 'stale'), trouble(problems)}
    constructor(handlers) {
        this.handlers = handlers;
        setInterval(() => this.#check(), 5000);
        document.addEventListener('visibilitychange', () => this.#check());
        addEventListener('online', () => this.#open());
    }

    start(after) {
        this.#last = after;
        this.#open();
    }

    #open() {
        clearTimeout(this.#retry);
        this.#source?.close();
        this.#heard = Date.now();
        const source = this.#source = new EventSource(`api/v1/live?after=${this.#last}`);
        const on = (kind, act) => source.addEventListener(kind, event => {
            this.#heard = Date.now();
            this.#wait = 1000;
            if (event.lastEventId) this.#last = Number(event.lastEventId);
            act(JSON.parse(event.data));
        });
        on('alert', alert => this.handlers.alert(alert));
        on('reset', () => this.handlers.reset());
        on('ping', ping => {
            this.handlers.state(ping.journal === 'ok' ? 'live' : 'stale');
            this.handlers.trouble(ping.problems ?? []);
        });
        source.onerror = () => this.#failed(source);
    }

    #failed(source) {
        if (source !== this.#source) return;
        this.handlers.state('reconnecting');
        if (source.readyState === EventSource.CLOSED) this.#openLater();
    }

    #openLater() {
        this.#retry = setTimeout(() => this.#open(), this.#wait);
        this.#wait = Math.min(this.#wait * 2, longestWait);
    }

    #check() {
        if (!this.#source || document.hidden || Date.now() - this.#heard < silence) return;
        this.handlers.state('reconnecting');
        this.#open();
    }
}

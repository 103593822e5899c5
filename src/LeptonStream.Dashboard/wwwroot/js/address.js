// The view that the address behind the # names: status, filter and chosen alert.
export const statuses = ['firing', 'resolved', 'all'];

export function readAddress() {
    const parameters = new URLSearchParams(location.hash.slice(1));
    const status = parameters.get('status');
    return {
        status: statuses.includes(status) ? status : 'firing',
        filter: parameters.get('filter') ?? '',
        alert: parameters.get('alert'),
    };
}

export function addressOf({ status, filter: text, alert }) {
    const parameters = new URLSearchParams();
    if (status !== 'firing') parameters.set('status', status);
    if (text) parameters.set('filter', text);
    if (alert) parameters.set('alert', alert);
    return `#${parameters}`;
}

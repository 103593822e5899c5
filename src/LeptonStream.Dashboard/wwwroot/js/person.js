// Who reads this page, and what they may do: asked of the program, which decides.
import { fetchJson, send } from './store.js';

let person = { name: '', role: 'none', anonymous: true, canSignIn: false };

export const currentPerson = () => person;

export const mayRespond = () => person.role === 'responder' || person.role === 'admin';

export async function askWho() {
    person = await fetchJson('api/v1/me');
}

export async function signIn(token) {
    await send('POST', 'api/v1/session', { token });
    await askWho();
}

export async function signOut() {
    await send('DELETE', 'api/v1/session');
    await askWho();
}

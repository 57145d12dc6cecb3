import { CallPage } from './call-page.js';
import { setText } from './format.js';
import { Overview } from './overview.js';

const overview = new Overview();
const callPage = new CallPage();
const connection = document.getElementById('connection');

/** `#/` shows everything, `#/calls/ID` one call: a link to a call can be sent to a colleague. */
function route() {
  const encoded = /^#\/calls\/(.+)$/.exec(location.hash)?.[1];
  let callId = null;
  try {
    if (encoded !== undefined) callId = decodeURIComponent(encoded);
  } catch {
    // A fragment typed by hand that is not valid: the overview.
  }
  document.getElementById('overview').hidden = callId !== null;
  document.title = callId === null ? 'srtp-anchor' : `${callId} – srtp-anchor`;
  void callPage.open(callId);
}

function connect() {
  const events = new EventSource('/api/events');
  events.onopen = () => {
    setText(connection, 'live');
    connection.className = '';
  };
  events.onerror = () => {
    setText(connection, 'connection lost, trying again');
    connection.className = 'lost';
    // The browser gives up for good after an answer that is no stream; then we go on trying.
    if (events.readyState === EventSource.CLOSED) setTimeout(connect, 3000);
  };
  events.onmessage = (message) => {
    overview.show(JSON.parse(message.data));
    void callPage.refresh();
  };
}

window.addEventListener('hashchange', route);
route();
connect();

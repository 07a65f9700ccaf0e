// What the console makes of the API's figures and events.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { bytes, eventText, linePoints, milliseconds, percent, reloadText } from '../../src/pages/web/model/console.js';
import { fileName, isTroubled, nameOf, speedText, stateText } from '../../src/pages/web/model/console_moves.js';

describe('what moves streams', () => {
  const worked = { vhost_name: 'v', app: 'live', name: 's', state: 'running', since_ms: 0, error: '' };

  test('says why it does not run, and whether someone should look', () => {
    assert.equal(nameOf(worked), 'v/live/s');
    const all = [
      worked,
      { ...worked, error: 'of the last time' },
      { ...worked, state: 'waiting', error: 'connection refused' },
      { ...worked, state: 'failed', error: 'status 1' },
      { ...worked, state: 'stopped' },
    ];
    assert.deepEqual(all.map(stateText), [
      'running',
      'running',
      'waiting: connection refused',
      'failed: status 1',
      'stopped',
    ]);
    assert.deepEqual(all.map(isTroubled), [false, false, true, true, false]);
  });

  test('speeds and files', () => {
    assert.deepEqual([0, 1, 0.523].map(speedText), ['–', '1.00 ×', '0.52 ×']);
    assert.deepEqual(['/var/rec/live/s.flv', 's.flv'].map(fileName), ['live/s.flv', 's.flv']);
  });
});

describe('console', () => {
  test('figures', () => {
    assert.deepEqual([0, 999, 1000, 73_400_000, 1.2e9, 5e15].map(bytes), [
      ...['0 B', '999 B', '1.0 kB', '73 MB', '1.2 GB', '5000 TB'],
    ]);
    assert.deepEqual([0.012, 0.5, 1].map(percent), ['1.2 %', '50 %', '100 %']);
    assert.deepEqual([0.034, 12.3].map(milliseconds), ['0.03 ms', '12 ms']);
  });

  test('a line goes from the left to the right, and from the bottom to the top', () => {
    assert.equal(linePoints([0, 5, 10], [100, 50], 10), '0.0,50.0 50.0,25.0 100.0,0.0');
    assert.equal(linePoints([7], [100, 50], 10), '0.0,15.0');
    assert.equal(linePoints([0, 0], [100, 50], 0), '0.0,50.0 100.0,50.0');
    assert.equal(linePoints([], [100, 50], 0), '');
  });

  test('an event says what, when, of which stream, and the rest', () => {
    const event = { at: 5, type: 'playing', vhost: 'v', app: 'live', stream: 's', conn: 3, protocol: 'rtmp' };
    assert.deepEqual(eventText(JSON.stringify(event)), {
      ...{ type: 'playing', at: 5, stream: 'v/live/s', facts: 'conn=3 protocol="rtmp"' },
    });
    assert.equal(eventText('{"type":"suppressed","at":1}')?.stream, '');
    assert.equal(eventText('7'), undefined);
  });

  test('a reload says what holds now and what waits', () => {
    assert.equal(reloadText({ applied: [], restart: [] }), 'Nothing has changed.');
    const restart = [{ path: 'threads', why: 'they are started once' }];
    assert.equal(
      reloadText({ applied: ['listen'], restart }),
      'Applied: listen\nWaits for a restart: threads (they are started once)',
    );
  });
});

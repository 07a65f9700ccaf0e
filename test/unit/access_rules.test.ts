// refer, security, signed URLs: what the configuration alone decides.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isReferAllowed, pageDomain } from '../../src/access/refer.js';
import { checkRules, type RuleQuestion } from '../../src/access/rules.js';
import { isAddressAllowed } from '../../src/access/security.js';
import { checkToken, makeToken } from '../../src/access/token.js';
import { parseConfig } from '../../src/config/load.js';

function vhostOf(text: string) {
  const [vhost] = parseConfig(`vhost v { ${text} }`, 'x.conf').config.vhost;
  assert.ok(vhost);
  return vhost;
}

describe('the domain of a page', () => {
  for (const [url, domain] of [
    ['http://www.github.com/x', 'www.github.com'],
    ['https://user:pw@GitHub.com:8080/x?http://other.com/', 'github.com'],
    ['http://github.com.', 'github.com'],
    ['//github.com/x', 'github.com'],
    ['http://github.com\\@evil.com/', 'github.com'],
    ['http://[2001:db8::1]:80/', '[2001:db8::1]'],
    ['', ''],
    ['github.com', ''],
  ] as const) {
    test(`of "${url}" is "${domain}"`, () => assert.equal(pageDomain(url), domain));
  }
});

describe('refer', () => {
  for (const [page, isAllowed] of [
    ['http://github.com/a', true],
    ['http://www.github.com/a', true],
    ['http://github.com.github.com/', true],
    ['http://evilgithub.com/', false],
    ['http://github.com.evil.org/', false],
    ['http://evil.org/github.com', false],
    ['', false],
  ] as const) {
    test(`github.com ${isAllowed ? 'admits' : 'keeps out'} "${page}"`, () =>
      assert.equal(isReferAllowed(['example.com', 'github.com'], page), isAllowed));
  }

  test('that lists nothing admits everybody', () => assert.ok(isReferAllowed([], '')));
});

describe('security', () => {
  const answer = (text: string, action: 'publish' | 'play', ip: string) =>
    isAddressAllowed(vhostOf(`security { ${text} }`).security, action, ip);

  test('that is off admits everybody', () => assert.ok(answer('deny play all;', 'play', '192.0.2.1')));
  test('keeps out who is not allowed', () => assert.ok(!answer('enabled on; allow publish all;', 'play', '192.0.2.1')));
  test('admits who is allowed', () => assert.ok(answer('enabled on; allow play 192.0.2.0/24;', 'play', '192.0.2.9')));
  test('lets a deny go before an allow, whatever their order', () => {
    const rules = 'enabled on; deny play 192.0.2.7; allow play all; deny publish all;';
    assert.ok(!answer(rules, 'play', '192.0.2.7'));
    assert.ok(answer(rules, 'play', '192.0.2.8'));
    assert.ok(!answer(rules, 'publish', '192.0.2.8'));
  });
  test('that only denies admits all others', () => {
    const rules = 'enabled on; deny play 192.0.2.0/24;';
    assert.deepEqual(
      [
        answer(rules, 'play', '192.0.2.7'),
        answer(rules, 'play', '198.51.100.1'),
        answer(rules, 'publish', '192.0.2.7'),
      ],
      [false, true, true],
    );
  });
  test('without a rule keeps everybody out', () => assert.ok(!answer('enabled on;', 'play', '192.0.2.1')));
  test('means both actions by a rule without one', () => {
    assert.ok(!answer('enabled on; allow all; deny 10.0.0.0/8;', 'publish', '10.1.2.3'));
    assert.ok(!answer('enabled on; allow all; deny 10.0.0.0/8;', 'play', '10.1.2.3'));
  });
  test('knows IPv6', () => {
    assert.ok(answer('enabled on; allow play 2001:db8::/32;', 'play', '2001:db8::7'));
    assert.ok(!answer('enabled on; allow play 2001:db8::/32;', 'play', '2001:db9::7'));
  });
  test('refuses a rule that is no address', () =>
    assert.throws(() => vhostOf('security { allow play 192.0.2.300; }'), /192\.0\.2\.300/));
});

describe('a token', () => {
  const secret = 'a-secret-of-16-chars';
  const signed = { action: 'play', app: 'live', stream: 's', expires: 2000 } as const;
  const question = { action: 'play', app: 'live', stream: 's', ip: '192.0.2.1', now: 1999 } as const;
  const token = makeToken(secret, signed);

  test('is good for what it was made for', () => assert.equal(checkToken([secret], token, question), undefined));
  test('has expired at its second', () =>
    assert.equal(checkToken([secret], token, { ...question, now: 2000 }), 'token_expired'));
  test('is not good for another stream', () =>
    assert.equal(checkToken([secret], token, { ...question, stream: 't' }), 'token_invalid'));
  test('is not good for another app', () =>
    assert.equal(checkToken([secret], token, { ...question, app: 'live/s', stream: '' }), 'token_invalid'));
  test('to play does not let publish', () =>
    assert.equal(checkToken([secret], token, { ...question, action: 'publish' }), 'token_invalid'));
  test('can not be given more time', () =>
    assert.equal(checkToken([secret], token.replace('2000', '3000'), question), 'token_invalid'));
  test('that is not there is named so', () => assert.equal(checkToken([secret], undefined, question), 'token_missing'));
  test('of another secret is not good', () =>
    assert.equal(checkToken(['another-secret-of-24-char'], token, question), 'token_invalid'));
  test('of the old secret is good while that is listed', () =>
    assert.equal(checkToken(['another-secret-of-24-char', secret], token, question), undefined));
  test('bound to an address is good from that one only', () => {
    const bound = makeToken(secret, { ...signed, ip: '192.0.2.1' });
    assert.equal(checkToken([secret], bound, question), undefined);
    assert.equal(checkToken([secret], bound, { ...question, ip: '192.0.2.2' }), 'token_invalid');
    assert.equal(checkToken([secret], bound.replace('ip-', ''), question), 'token_invalid');
  });
  for (const garbage of [
    '',
    '-',
    '2000',
    '2000-',
    `2000-${'x'.repeat(43)}`,
    `2000-${'é'.repeat(43)}`,
    'x'.repeat(5000),
  ]) {
    test(`can not be "${garbage.slice(0, 20)}"`, () => assert.ok(checkToken([secret], garbage, question)));
  }
});

describe('the rules of a vhost', () => {
  const asked = (more: Partial<RuleQuestion>): RuleQuestion => ({
    action: 'play',
    protocol: 'flv',
    ip: '192.0.2.1',
    app: 'live',
    stream: 's',
    params: new Map(),
    pageUrl: 'http://a.com/',
    ...more,
  });
  const reason = (text: string, more: Partial<RuleQuestion> = {}) => {
    const verdict = checkRules(asked(more), vhostOf(text), 0);
    return verdict.allow ? 'allowed' : verdict.reason;
  };

  test('ask for refer at connect, and over HTTP at play', () => {
    assert.equal(reason('refer b.com;', { action: 'connect', protocol: 'rtmp' }), 'refer_denied');
    assert.equal(reason('refer b.com;', { protocol: 'rtmp' }), 'allowed');
    assert.equal(reason('refer b.com;'), 'refer_denied');
  });
  test('ask each role for its own refer', () => {
    assert.equal(reason('refer_publish b.com;', { action: 'publish', protocol: 'rtmp' }), 'refer_denied');
    assert.equal(reason('refer_publish b.com;'), 'allowed');
    assert.equal(reason('refer_play b.com;'), 'refer_denied');
  });
  test('name the address before the token', () => {
    const text = 'security { enabled on; } token { enabled on; secret a-secret-of-16-chars; }';
    assert.equal(reason(text), 'address_denied');
  });
  test('ask for a token where it is on', () => {
    const token = 'token { enabled on; secret a-secret-of-16-chars; publish off; }';
    assert.equal(reason(token), 'token_missing');
    assert.equal(reason(token, { action: 'publish' }), 'allowed');
    assert.equal(reason(token, { params: new Map([['token', 'x']]) }), 'token_invalid');
  });
});

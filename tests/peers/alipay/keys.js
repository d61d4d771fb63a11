import { generateKeyPairSync } from 'node:crypto';

/** A pair in the bare forms that Alipay's tools hand out. */
export function keys() {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const bare = (key, type) => key.export({ type, format: 'der' }).toString('base64');
  return {
    pkcs8: bare(pair.privateKey, 'pkcs8'),
    pkcs1: bare(pair.privateKey, 'pkcs1'),
    public: bare(pair.publicKey, 'spki'),
    pem: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }),
  };
}

export const parameters = (text) => Object.fromEntries(new URLSearchParams(text));

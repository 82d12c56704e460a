import { request } from '@/api/request'

/** What the server sends and takes: WebAuthn's own JSON, which browsers read and write themselves. */
interface Challenge {
  publicKey: unknown
}

type Parsers = typeof PublicKeyCredential & {
  parseRequestOptionsFromJSON?: (options: unknown) => PublicKeyCredentialRequestOptions
  parseCreationOptionsFromJSON?: (options: unknown) => PublicKeyCredentialCreationOptions
}

function parsers(): Parsers | null {
  return typeof PublicKeyCredential === 'undefined' ? null : (PublicKeyCredential as Parsers)
}

/** Passkeys need a secure context and a browser that reads WebAuthn's JSON. */
export function canUsePasskey(): boolean {
  return Boolean(parsers()?.parseRequestOptionsFromJSON)
}

export async function signInWithPasskey(): Promise<unknown> {
  const challenge = await request<Challenge>('POST', '/session/passkey/options')
  const publicKey = parsers()?.parseRequestOptionsFromJSON?.(challenge.publicKey)
  if (!publicKey) throw new TypeError('passkeys are not available here')
  const credential = await navigator.credentials.get({ publicKey })
  return request('POST', '/session/passkey', { body: credential })
}

export async function addPasskey(name: string): Promise<unknown> {
  const challenge = await request<Challenge>('POST', '/passkeys/options')
  const publicKey = parsers()?.parseCreationOptionsFromJSON?.(challenge.publicKey)
  if (!publicKey) throw new TypeError('passkeys are not available here')
  const credential = await navigator.credentials.create({ publicKey })
  return request('POST', '/passkeys', { query: { name }, body: credential })
}

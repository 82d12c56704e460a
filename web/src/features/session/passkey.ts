import { answer, api, type Schemas } from '@/api/client'

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

function publicKeyOf(challenge: Schemas['PartyPasskeyChallenge']): unknown {
  return (challenge.options as { publicKey: unknown }).publicKey
}

function toJSON(credential: Credential | null): Record<string, unknown> {
  if (!(credential instanceof PublicKeyCredential)) throw new TypeError('no passkey was chosen')
  return credential.toJSON() as unknown as Record<string, unknown>
}

export async function signInWithPasskey() {
  const challenge = await answer(api.POST('/session/passkey/options'))
  const publicKey = parsers()?.parseRequestOptionsFromJSON?.(publicKeyOf(challenge))
  if (!publicKey) throw new TypeError('passkeys are not available here')
  const credential = toJSON(await navigator.credentials.get({ publicKey }))
  return answer(api.POST('/session/passkey', { body: { ceremony: challenge.ceremony, credential } }))
}

export async function addPasskey(name: string) {
  const challenge = await answer(api.POST('/passkeys/options'))
  const publicKey = parsers()?.parseCreationOptionsFromJSON?.(publicKeyOf(challenge))
  if (!publicKey) throw new TypeError('passkeys are not available here')
  const credential = toJSON(await navigator.credentials.create({ publicKey }))
  return answer(api.POST('/passkeys', { body: { ceremony: challenge.ceremony, name, credential } }))
}

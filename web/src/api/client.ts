import createClient, { type Middleware } from 'openapi-fetch'
import { currentLang } from '@/i18n'
import { Problem } from './problem'
import type { components, paths } from './schema'

/** The contract's types, generated from api/openapi.yaml (npm run api). */
export type Schemas = components['schemas']

const language: Middleware = {
  onRequest({ request }) {
    request.headers.set('Accept-Language', currentLang() === 'en' ? 'en' : 'zh-CN')
    return request
  },
}

export const api = createClient<paths>({
  baseUrl: `${window.location.origin}/api/v1`,
  credentials: 'same-origin',
  // Looked up at each call, so that a test can stand in for the network.
  fetch: (request) => globalThis.fetch(request),
})
api.use(language)

interface Answer<T> {
  data?: T
  error?: unknown
  response: Response
}

/** The body of an answer; anything but a success is thrown as a Problem. */
export async function answer<T>(call: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await call
  if (response.ok) return data as T
  throw new Problem({ status: response.status, ...(typeof error === 'object' ? error : {}) })
}

/** Header of a write: the same key is answered once. */
export const once = (key: string) => ({ headers: { 'Idempotency-Key': key } })

/** A file as a form; openapi-fetch would serialise the body as JSON otherwise. */
export function formOf(file: File, fields: Record<string, string> = {}): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.set(name, value)
  form.set('file', file)
  return form
}

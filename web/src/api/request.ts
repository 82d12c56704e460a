import { currentLang } from '@/i18n'
import { Problem } from './problem'

interface Options {
  query?: Record<string, string | number | boolean | undefined>
  body?: unknown
  /** Same key, same intention: a repeated POST is answered with the first result. */
  key?: string
}

const BASE = '/api/v1'

export async function request<T>(method: string, path: string, { query, body, key }: Options = {}): Promise<T> {
  const url = new URL(BASE + path, window.location.origin)
  for (const [name, value] of Object.entries(query ?? {})) if (value !== undefined && value !== '') url.searchParams.set(name, String(value))
  const headers = new Headers({ Accept: 'application/json', 'Accept-Language': currentLang() === 'en' ? 'en' : 'zh-CN' })
  if (key) headers.set('Idempotency-Key', key)
  const form = body instanceof FormData
  if (body !== undefined && !form) headers.set('Content-Type', 'application/json')
  const response = await fetch(url, { method, headers, credentials: 'same-origin', body: form ? body : body === undefined ? null : JSON.stringify(body) })
  const text = await response.text()
  const answer: unknown = text && (response.headers.get('Content-Type') ?? '').includes('json') ? JSON.parse(text) : text || null
  if (!response.ok) throw new Problem({ status: response.status, ...(typeof answer === 'object' ? answer : {}) })
  return answer as T
}

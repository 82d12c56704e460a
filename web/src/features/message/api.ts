import { useQuery } from '@tanstack/react-query'
import { answer, api, once, type Schemas } from '@/api/client'
import { usePages } from '@/api/pages'

export type Row = Schemas['MessageRow']
export type Setting = Schemas['MessageSettingBody']
export type Contact = Schemas['MessageContactBody']
export type Webhook = Schemas['MessageWebhookBody']
export type Push = Schemas['MessagePushBody']

export interface Filter {
  q: string
  topic: string
  unread: boolean
}

export const useMessages = ({ q, topic, unread }: Filter) =>
  usePages(['messages', q, topic, unread], (cursor) => answer(api.GET('/messages', { params: { query: { q, topic, unread, cursor } } })))

/** What is unread: the bell and the page ask the same question. */
export const useUnread = (enabled = true) => useQuery({ queryKey: ['messages', 'counts'], queryFn: () => answer(api.GET('/messages/counts')), enabled, refetchInterval: 60_000 })

export const mark = ({ id, read }: { id: string; read: boolean }) => answer(api.PUT('/messages/{id}/read', { params: { path: { id } }, body: { read } }))
export const markAll = (body: { through: string; topic?: string }) => answer(api.PUT('/messages/read', { body }))

export const useSettings = () => useQuery({ queryKey: ['message-settings'], queryFn: () => answer(api.GET('/message-preferences')) })
export const setContact = (body: Pick<Contact, 'address' | 'language'>) => answer(api.PUT('/message-preferences/contact', { body }))
export const choose = ({ id, console, email }: Pick<Setting, 'id' | 'console' | 'email'>) =>
  answer(api.PUT('/message-preferences/topics/{topic}', { params: { path: { topic: id } }, body: { console, email } }))

/** What the links in e-mails do; whoever has the link needs no account. */
export const confirmAddress = (token: string) => answer(api.POST('/message-preferences/confirmation', { body: { token } }))
export const optOut = (token: string) => answer(api.POST('/message-preferences/opt-out', { body: { token } }))
export const useOptOut = (token: string) =>
  useQuery({ queryKey: ['opt-out', token], queryFn: () => answer(api.GET('/message-preferences/opt-out', { params: { query: { token } } })), enabled: token !== '', retry: false })

const of = (org: string) => ({ params: { path: { org } } })
const one = (org: string, id: string) => ({ params: { path: { org, id } } })

export const useWebhooks = (org: string) => useQuery({ queryKey: ['webhooks', org], queryFn: async () => (await answer(api.GET('/organisations/{org}/webhooks', of(org)))).items })
export const usePushes = (org: string, id: string) =>
  useQuery({
    queryKey: ['pushes', org, id],
    queryFn: async () => (await answer(api.GET('/organisations/{org}/webhooks/{id}/pushes', one(org, id)))).items,
    // A test is answered in the background; the list moves on with it.
    refetchInterval: (query) => (query.state.data?.some((p) => p.test && p.state === 'waiting') ? 1000 : 60_000),
  })
export const addWebhook = (org: string) => (url: string, key: string) => answer(api.POST('/organisations/{org}/webhooks', { ...of(org), body: { url }, ...once(key) }))
export const changeWebhook = (org: string) => ({ id, url, active }: Pick<Webhook, 'id' | 'url' | 'active'>) => answer(api.PUT('/organisations/{org}/webhooks/{id}', { ...one(org, id), body: { url, active } }))
export const rotateSecret = (org: string) => (id: string, key: string) => answer(api.POST('/organisations/{org}/webhooks/{id}/secret', { ...one(org, id), ...once(key) }))
export const removeWebhook = (org: string) => (id: string) => answer(api.DELETE('/organisations/{org}/webhooks/{id}', one(org, id)))
export const testWebhook = (org: string) => (id: string, key: string) => answer(api.POST('/organisations/{org}/webhooks/{id}/test', { ...one(org, id), ...once(key) }))

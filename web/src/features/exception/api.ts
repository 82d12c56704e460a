import { useQuery } from '@tanstack/react-query'
import { answer, api, formOf, once, type Schemas } from '@/api/client'
import { usePages } from '@/api/pages'

export type Exception = Schemas['ExceptionView']
export type State = Exception['state']
export type Paper = Schemas['ExceptionPaper']

const of = (id: string) => ({ params: { path: { id } } })

export const useExceptions = (state: string, q: string) =>
  usePages(['exceptions', state, q], (cursor) => answer(api.GET('/exceptions', { params: { query: { cursor, q, ...(state ? { state: [state as State] } : {}) } } })))

export const useException = (id: string) => useQuery({ queryKey: ['exception', id], queryFn: (): Promise<Exception> => answer(api.GET('/exceptions/{id}', of(id))) })

export const propose = (body: Schemas['ExceptionProposeInputBody'], key: string) => answer(api.POST('/exceptions', { body, ...once(key) }))
export const judge = (id: string) => (body: Schemas['ExceptionJudgeInputBody'], key: string) => answer(api.POST('/exceptions/{id}/opinions', { ...of(id), body, ...once(key) }))
export const withdraw = (id: string) => (body: Schemas['ExceptionWithdrawInputBody'], key: string) => answer(api.POST('/exceptions/{id}/withdraw', { ...of(id), body, ...once(key) }))
export const upload = (file: File, key: string) => answer(api.POST('/exception-papers', { ...once(key), body: { file: '' }, bodySerializer: () => formOf(file) }))

import { useQuery } from '@tanstack/react-query'
import { answer, api, type Schemas } from '@/api/client'
import type { BudgetLine } from '@/pattern/money/BudgetTable'
import type { Today, Todo, Waiting } from './model'

function toWaiting(w: Schemas['PolicyWaiting']): Waiting {
  return {
    key: w.id,
    verb: w.verb,
    to: `/applications/${w.id}`,
    number: w.number,
    org: w.org.name || w.org.code,
    measure: w.measure_name,
    object: w.object,
    clause: w.clause,
    amount_fen: w.amount_fen ?? null,
    note: w.note,
    green: w.lane === 'green',
    since: w.since,
    waited: w.waited_workdays,
    clock: w.clock && !w.clock.paused && !w.clock.ended ? { left: w.clock.left, total: w.clock.total } : null,
  }
}

export function toBudget(b: Schemas['PolicyBudgetRow']): BudgetLine {
  return { ...b, key: b.measure, blocked_by: b.question || null }
}

export function toToday(t: Schemas['PolicyToday']): Today {
  return { waiting: t.waiting.map(toWaiting), budgets: t.budgets.map(toBudget), counts: t.counts, year: Number(t.on.slice(0, 4)) }
}

const useTodayQuery = (enabled: boolean) => useQuery({ queryKey: ['today'], queryFn: async () => toToday(await answer(api.GET('/today'))), enabled, refetchInterval: 60_000 })

export const useToday = () => useTodayQuery(true)

export const toTodo = (t: Schemas['AppTodoView']): Todo => ({ kind: t.kind, count: t.count, since: t.since, waited: t.waited_workdays })

/** What waits beside the inbox. Only the page asks for it, not the rail. */
export const useTodos = () => useQuery({ queryKey: ['today', 'todos'], queryFn: async () => (await answer(api.GET('/today/todos'))).todos.map(toTodo), refetchInterval: 60_000 })

/** Numbers for the rail, by page: what waits for the signed-in role, and its applications. */
export function useCounts(signedIn: boolean): Record<string, number> {
  const today = useTodayQuery(signedIn).data
  if (!today) return {}
  return { '/today': today.waiting.length, '/applications': Object.values(today.counts).reduce((sum, n) => sum + n, 0) }
}

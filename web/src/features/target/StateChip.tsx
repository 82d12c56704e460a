import '@/pattern/goal/goal.css'
import { fill, useLang } from '@/i18n'
import type { Task } from './model'

const TONE: Record<Task['state'], string> = { overdue: 'light-overdue', unreported: 'light-no_data', on_way: 'light-on_pace', done: 'light-reached' }

/** Where a task stands, in words; what is late says by how many working days. */
export function StateChip({ state, late = 0 }: { state: Task['state']; late?: number }) {
  const { d } = useLang()
  return <span className={`light ${TONE[state]}`}>{state === 'overdue' && late > 0 ? fill(d.target.lateBy, { n: late }) : d.target.taskState[state]}</span>
}

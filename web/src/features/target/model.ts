import type { Schemas } from '@/api/client'
import type { Dictionary, Text } from '@/i18n'
import type { TimeLineData } from '@/pattern/chart/option'
import type { GoalBarShape } from '@/pattern/goal/GoalBar'
import { LIGHTS, type LightName } from '@/pattern/goal/LightChip'

export type Board = Schemas['TargetBoard']
export type Target = Schemas['TargetView']
export type TargetDetail = Schemas['TargetDetail']
export type Reading = Schemas['TargetReadingView']
export type Area = Schemas['TargetArea']
export type Task = Schemas['TargetTaskView']
export type TaskDetail = Schemas['TargetTaskDetail']
export type Unit = Schemas['TargetUnitView']
export type Report = Schemas['TargetReportView']
export type Duty = Schemas['TargetDutyView']

export const TASK_STATES = ['overdue', 'unreported', 'on_way', 'done'] as const
export const STRENGTHS = ['advance', 'explore', 'standing'] as const

/** How many targets have each light, the worst first; lights that nothing has are left out. */
export function byLight(targets: Target[]): { light: LightName; n: number }[] {
  return LIGHTS.map((light) => ({ light, n: targets.filter((t) => t.light === light).length })).filter((c) => c.n > 0)
}

/** Targets whose forecast misses the year's goal, with what will be missing. */
export function shortfalls(targets: Target[]): { target: Target; gap: string }[] {
  return targets.flatMap((target) => {
    const gap = target.light === 'behind' ? target.readings[0]?.forecast?.gap : ''
    return gap ? [{ target, gap }] : []
  })
}

/** Shares of a bar from zero to the highest goal or figure. Widths only: what is read is the server's own text. */
export function barOf(target: Target, reading: Reading, year: number): GoalBarShape | null {
  const goals = target.goals.filter((g) => g.value !== '')
  const goal = target.goal && target.goal.value !== '' ? Number(target.goal.value) : null
  const value = reading.value === '' ? 0 : Number(reading.value)
  const forecast = reading.forecast ? Number(reading.forecast.value) : value
  const top = Math.max(...goals.map((g) => Number(g.value)), value, forecast)
  if (top <= 0) return null
  const share = (n: number) => (n / top) * 100
  const misses = reading.light === 'behind' && goal !== null && forecast < goal
  return {
    value: share(value),
    forecast: share(Math.max(0, forecast - value)),
    gap: misses ? share(goal - Math.max(value, forecast)) : 0,
    ticks: goals.map((g) => ({ year: g.year, value: Number(g.value), now: g.year === (target.goal?.year ?? year), at: share(Number(g.value)) })),
  }
}

/** The year of one target as lines; null when there is nothing to draw. */
export function lineOf(detail: TargetDetail, name: (reading: Reading) => string, month: (n: number) => string): TimeLineData | null {
  const drawn = detail.series.filter((s) => s.points.length > 0)
  if (drawn.length === 0) return null
  const readings = new Map(detail.readings.map((r) => [r.id, r]))
  const only = drawn.length === 1 ? detail.readings[0] : undefined
  const last = drawn[0]?.points.at(-1)
  const due = detail.goal?.year === detail.year && detail.goal.value !== ''
  return {
    from: `${detail.year - 1}-12-31`,
    to: `${detail.year}-12-31`,
    month,
    lines: drawn.map((s) => {
      const reading = readings.get(s.id)
      return { name: drawn.length > 1 && reading ? name(reading) : '', points: s.points.map((p): [string, number] => [p.day, Number(p.value)]) }
    }),
    forecast: only?.forecast && last ? [[last.day, Number(last.value)], [`${detail.year}-12-31`, Number(only.forecast.value)]] : null,
    goal: due && detail.goal ? { value: Number(detail.goal.value), label: `${detail.goal.comparator === 'gt' ? '＞' : '≥'} ${detail.goal.value}` } : null,
  }
}

/** Places directly inside another, those with the most scenes first, unknown ones last. */
export function areasIn(areas: Area[], parent: string): Area[] {
  return areas.filter((a) => a.part_of === parent).sort((a, b) => (b.scenes ?? -1) - (a.scenes ?? -1))
}

/** The whole region: the place that is part of none. */
export const rootOf = (areas: Area[]): Area | undefined => areas.find((a) => a.part_of === '')

/** Places that have a map of their own. */
export function mapped(areas: Area[]): Area[] {
  return areas.filter((a) => areas.some((inside) => inside.part_of === a.code && inside.tile.length === 2))
}

/** Scenes of a region that no place inside it has: nobody wrote down where they are. */
export function nowhere(areas: Area[], parent: Area): number {
  const inside = areas.filter((a) => a.part_of === parent.code).reduce((n, a) => n + (a.scenes ?? 0), 0)
  return Math.max(0, (parent.scenes ?? 0) - inside)
}

/** The goal in a row: ≥ 150, ＞ 120, or its words. */
export function goalText(goal: Target['goal'], say: (t: Text) => string): string {
  if (!goal) return '—'
  return goal.value === '' ? say(goal.words) : `${goal.comparator === 'gt' ? '＞' : '≥'} ${goal.value}`
}

/** Units worth a row: they lead something or answer for a figure, the worst first as the server has them. */
export const leading = (units: Unit[]) => units.filter((u) => u.leads > 0 || u.light !== '' || u.overdue > 0)

/** A target's unit in the reader's words; one that the dictionary does not have stays as it is. */
export function unitName(unit: string, d: Dictionary): string {
  const names: Record<string, string> = d.target.unitName
  return names[unit] ?? unit
}

import type { Schemas } from '@/api/client'

export type Row = Schemas['SupervisionAlarmRow']
export type Alarm = Schemas['SupervisionAlarmDetail']
export type Rule = Schemas['SupervisionRuleView']
export type Trade = Schemas['SupervisionTrade']
export type Comparison = Schemas['SupervisionComparison']
export type State = Row['state']
export type Follow = 'refuse' | 'recover' | 'correct'

export const STATES: State[] = ['open', 'proposed', 'dismissed', 'confirmed', 'lapsed']
export const FOLLOWS: Follow[] = ['refuse', 'recover', 'correct']

/** A stop bars payment until it is dismissed or its facts change. */
export const blocks = (a: Pick<Row, 'severity' | 'state'>): boolean => a.severity === 'stop' && a.state !== 'dismissed' && a.state !== 'lapsed'

/** The share of a rule's decided alarms that were right, in whole percent; null while none is decided: unknown is never zero. */
export function precision(rule: Pick<Rule, 'confirmed' | 'dismissed'>): number | null {
  const decided = rule.confirmed + rule.dismissed
  return decided === 0 ? null : Math.floor((rule.confirmed * 100) / decided)
}

export interface Spot {
  party: string
  name: string
  x: number
  y: number
}

/** Where the parties of trades stand: on a circle, in the order in which the money passes. */
export function circle(trades: Trade[], radius: number): Spot[] {
  const names = new Map<string, string>()
  for (const t of trades) {
    if (!names.has(t.buyer)) names.set(t.buyer, t.buyer_name)
    if (!names.has(t.seller)) names.set(t.seller, t.seller_name)
  }
  const parties = [...names]
  return parties.map(([party, name], i) => {
    const angle = (2 * Math.PI * i) / parties.length - Math.PI / 2
    return { party, name, x: radius * Math.cos(angle), y: radius * Math.sin(angle) }
  })
}

import type { Schemas } from '@/api/client'

export type Notice = Schemas['NoticeView']
export type Row = Schemas['NoticeRowView']
export type Objection = Schemas['NoticeObjectionView']

/** Where a notice stands for its reader. */
export type Standing = 'draft' | 'open' | 'over'

export function standing(n: Pick<Notice, 'state' | 'over'>): Standing {
  if (n.state === 'draft') return 'draft'
  return n.over ? 'over' : 'open'
}

/** Which sentence opens the page. */
export function saying(n: Pick<Notice, 'state' | 'over' | 'workdays_left'>): 'saysDraft' | 'saysOpen' | 'saysLast' | 'saysOver' {
  const at = standing(n)
  if (at === 'draft') return 'saysDraft'
  if (at === 'over') return 'saysOver'
  return n.workdays_left > 0 ? 'saysOpen' : 'saysLast'
}

/** What an objection may be raised against: rows that still stand. */
export const standingRows = (rows: Row[]): Row[] => rows.filter((r) => r.withdrawn === null)

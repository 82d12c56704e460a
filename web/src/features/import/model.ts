import type { Text } from '@/i18n'

/** One fault of one cell, with the place a person looks for. */
export interface RowProblem {
  line: number
  column: string
  value: string
  message: Text
}

export interface Import {
  id: string
  name: string
  state: 'previewed' | 'accepted' | 'discarded'
  rows: number
  good: number
  bad: number
  problems: RowProblem[]
}

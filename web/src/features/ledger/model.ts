import type { Text } from '@/i18n'
import type { Fen } from '@/money/fen'

export interface Account {
  id: string
  path: string
  name: Text | null
  asset: string
  balance_fen: Fen
  held_fen: Fen
}

/** Kinds of the ledger: a hold reserves, post settles, void releases, expire releases by date. */
export type TransferKind = 'transfer' | 'hold' | 'post' | 'void' | 'expire'

export interface Transfer {
  id: string
  kind: TransferKind
  from: string
  to: string
  amount_fen: Fen
  asset: string
  at: string
  why: Text | null
  /** Transfer that this one settles, releases or corrects. */
  of: string | null
  application: string | null
  entry: number | null
}

/** "Trace this yuan": the transfers before and after, and the case behind. */
export interface TransferDetail extends Transfer {
  links: { rel: string; transfer: Transfer }[]
  /** Hash of the journal entry, chained to the one before. */
  hash: string
}

export interface Check {
  ok: boolean
  entries: number
  accounts: number
  at: string | null
  broken: Text | null
}

export interface Node {
  name: string
  path: string
  depth: number
  account: Account | null
}

/** The chart of accounts as lines of a tree, parents before children. */
export function tree(accounts: Account[]): Node[] {
  const nodes = new Map<string, Node>()
  for (const account of accounts) {
    const parts = account.path.split('/').filter(Boolean)
    parts.forEach((name, depth) => {
      const path = parts.slice(0, depth + 1).join('/')
      const leaf = depth === parts.length - 1
      const known = nodes.get(path)
      if (!known) nodes.set(path, { name, path, depth, account: leaf ? account : null })
      else if (leaf) known.account = account
    })
  }
  return [...nodes.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
}

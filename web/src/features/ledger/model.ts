import type { Schemas } from '@/api/client'

export type Account = Schemas['LedgerAccountBody']
export type Transfer = Schemas['LedgerRecord']
export type Trace = Schemas['LedgerTrace']

export interface Node {
  name: string
  path: string
  depth: number
  account: Account | null
  /** Accounts below this line. */
  below: number
}

/** The chart of accounts as lines of a tree, parents before children. */
export function tree(accounts: Account[]): Node[] {
  const nodes = new Map<string, Node>()
  for (const account of accounts) {
    const parts = account.name.split('/').filter(Boolean)
    parts.forEach((name, depth) => {
      const path = parts.slice(0, depth + 1).join('/')
      const leaf = depth === parts.length - 1
      const known = nodes.get(path)
      if (!known) nodes.set(path, { name, path, depth, account: leaf ? account : null, below: leaf ? 0 : 1 })
      else if (!leaf) known.below++
      else known.account = account
    })
  }
  return [...nodes.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** The lines whose branches are all open; the roots always show. */
export function visible(nodes: Node[], open: ReadonlySet<string>): Node[] {
  return nodes.filter((node) => {
    const parts = node.path.split('/')
    return parts.slice(0, -1).every((_, i) => open.has(parts.slice(0, i + 1).join('/')))
  })
}

/** An entry with what came before and after it, in the order of the journal. */
export function inOrder(trace: Trace): { relation: string; transfer: Transfer }[] {
  return [{ relation: 'this', transfer: trace.transfer }, ...trace.related].sort((a, b) => a.transfer.seq - b.transfer.seq)
}

/** The page of the product that caused an entry, where there is one. */
export function causeOf(transfer: Transfer): string | null {
  const [, kind, id] = /^(applications?|budget-order)\/([\w-]+)/.exec(transfer.ref) ?? []
  if (!id) return null
  return kind === 'budget-order' ? `/budgets/${id}` : `/applications/${id}`
}

import './ledger.css'
import { useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { fill, useLang } from '@/i18n'
import { isZero } from '@/money/fen'
import { DataTable } from '@/pattern/layout/DataTable'
import { Money } from '@/pattern/money/Money'
import { visible, type Node } from './model'

/** The chart of accounts, branches closed at first; an account filters the transfers beside it. */
export function AccountTree({ nodes }: { nodes: Node[] }) {
  const { d, say } = useLang()
  const roots: Record<string, string> = d.ledger.root
  const [params] = useSearchParams()
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set())
  const toggle = (path: string) => {
    const next = new Set(open)
    if (!next.delete(path)) next.add(path)
    setOpen(next)
  }
  return (
    <DataTable
      caption={d.ledger.accounts}
      rows={visible(nodes, open)}
      rowKey={(n) => n.path}
      selected={(n) => n.account !== null && n.account.name === params.get('account')}
      compact
      columns={[
        {
          key: 'name',
          title: d.ledger.account,
          main: true,
          render: (n) => (
            <span style={{ paddingLeft: 14 * n.depth }} className="account-name">
              {n.below > 0 && (
                <button type="button" className="link-button account-toggle" aria-expanded={open.has(n.path)} onClick={() => toggle(n.path)}>
                  <span aria-hidden="true">{open.has(n.path) ? '▾' : '▸'}</span> {n.depth === 0 ? (roots[n.name] ?? n.name) : n.name} <span className="note">{fill(d.ledger.below, { n: n.below })}</span>
                </button>
              )}
              {n.account && (
                <Link to={`/ledger?account=${encodeURIComponent(n.account.name)}`} className={n.account.label ? undefined : 'mono'} title={n.account.name}>
                  {n.below > 0 ? d.ledger.own : n.account.label ? say(n.account.label) : n.name}
                </Link>
              )}
            </span>
          ),
        },
        { key: 'balance', title: d.ledger.balance, number: true, render: (n) => n.account && <Money fen={n.account.balance_fen} bare /> },
        { key: 'held', title: d.money.held, number: true, render: (n) => n.account && !isZero(n.account.held_fen) && <Money fen={n.account.held_fen} bare /> },
      ]}
    />
  )
}

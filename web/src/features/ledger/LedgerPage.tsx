import './ledger.css'
import { useMutation } from '@tanstack/react-query'
import { Button } from 'antd'
import { Link, useSearchParams } from 'react-router'
import { fill, Say, useLang } from '@/i18n'
import { isZero } from '@/money/fen'
import { Card } from '@/pattern/layout/Card'
import { DataTable } from '@/pattern/layout/DataTable'
import { PageHead } from '@/pattern/layout/PageHead'
import { Money } from '@/pattern/money/Money'
import { Loaded } from '@/pattern/state/Loaded'
import { Empty, ErrorPanel, Loading } from '@/pattern/state/states'
import { TransferTable } from './TransferTable'
import { useAccounts, useTransfers, verify } from './api'
import type { Schemas } from '@/api/client'
import type { Node } from './model'
import { YearBudgets } from './YearBudgets'

/** Budgets, the chart of accounts, the transfers, and a check of every entry. */
export default function LedgerPage() {
  const { d } = useLang()
  const accounts = useAccounts()
  const check = useMutation({ mutationFn: verify })
  return (
    <>
      <PageHead
        title={d.nav.ledger}
        sentence={check.data ? <Checked check={check.data} /> : accounts.data && <Say text={d.ledger.sentence} parts={{ n: <b>{`${accounts.data.count}${accounts.data.more ? '+' : ''}`}</b> }} />}
        actions={
          <Button type="primary" loading={check.isPending} onClick={() => check.mutate()}>
            {d.ledger.verify}
          </Button>
        }
      />
      <div className="stack">
        {check.error && <div className="card"><ErrorPanel error={check.error} /></div>}
        <YearBudgets />
        <div className="ledger-columns">
          <Card title={d.ledger.accounts} note={d.money.yuan} flush>
            <Loaded query={accounts} lines={6}>
              {(chart) => (chart.count === 0 ? <Empty title={d.ledger.noAccounts} /> : <AccountTree nodes={chart.nodes} />)}
            </Loaded>
          </Card>
          <Transfers />
        </div>
      </div>
    </>
  )
}

function Checked({ check }: { check: Schemas['LedgerReportBody'] }) {
  const { d, say } = useLang()
  return (
    <span role="status">
      <b className={check.ok ? 'ok' : 'bad'}>{say(check.summary)}</b>{' '}
      <span className="note">
        {fill(d.ledger.checked, { seq: check.seq, sealed: check.sealed })} <span className="mono">{check.hash.slice(0, 12)}…</span>
      </span>
      {check.findings.map((f, i) => (
        <span key={i} className="bad finding">
          {say(f.message)} {f.id && <span className="mono">{f.id}</span>}
        </span>
      ))}
    </span>
  )
}

function AccountTree({ nodes }: { nodes: Node[] }) {
  const { d } = useLang()
  const [params] = useSearchParams()
  return (
    <DataTable
      caption={d.ledger.accounts}
      rows={nodes}
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
              {n.account ? (
                <Link to={`/ledger?account=${encodeURIComponent(n.account.name)}`}>{n.name}</Link>
              ) : (
                <span className="soft">{n.name}</span>
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

function Transfers() {
  const { d } = useLang()
  const [params, setParams] = useSearchParams()
  const account = params.get('account') ?? ''
  const list = useTransfers(account)
  const rows = list.data?.pages.flatMap((p) => p.items) ?? []
  return (
    <Card
      title={d.ledger.transfers}
      note={account ? <span className="mono break">{account}</span> : d.ledger.allAccounts}
      extra={
        account && (
          <button type="button" className="link-button" onClick={() => setParams({}, { replace: true })}>
            {d.ledger.allAccounts}
          </button>
        )
      }
      flush
    >
      {list.isPending && <Loading lines={6} />}
      {list.isError && <ErrorPanel error={list.error} onRetry={() => void list.refetch()} />}
      {list.data && rows.length === 0 && <Empty title={d.ledger.noTransfers} />}
      {rows.length > 0 && <TransferTable rows={rows} />}
      {list.hasNextPage && (
        <div className="card-body">
          <Button onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}>
            {d.app.more}
          </Button>
        </div>
      )}
    </Card>
  )
}

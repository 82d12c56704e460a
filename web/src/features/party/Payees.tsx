import { Button } from 'antd'
import { useState } from 'react'
import { Problem } from '@/api/problem'
import { useWrite } from '@/api/write'
import { useSession } from '@/features/session/session'
import { TextField } from '@/features/session/TextField'
import { useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { DataTable } from '@/pattern/layout/DataTable'
import { Loaded } from '@/pattern/state/Loaded'
import { Empty, ErrorPanel } from '@/pattern/state/states'
import { countersignPayee, proposePayee, usePayees, type Payee } from './api'

/** Accounts that may be paid. A new one counts only after another person has countersigned it. */
export function Payees({ org }: { org: string }) {
  const { d } = useLang()
  const { active, person } = useSession()
  const manages = active?.role === 'org_manager'
  // The server refuses the proposer too; the page offers the button to nobody it would refuse.
  const maySign = (a: Payee) => a.state === 'proposed' && a.proposed_by !== person?.id && (manages || active?.role === 'finance')
  const accounts = usePayees(org)
  const sign = useWrite(countersignPayee(org))
  return (
    <div className="columns">
      <Card title={d.party.payees} note={d.party.payeesNote} flush>
        <Loaded query={accounts}>
          {(rows) =>
            rows.length === 0 ? (
              <Empty title={d.party.noPayees} />
            ) : (
              <DataTable
                caption={d.party.payees}
                rows={rows}
                rowKey={(a) => a.id}
                columns={[
                  {
                    key: 'holder',
                    title: d.party.holder,
                    main: true,
                    render: (a) => (
                      <>
                        <b>{a.holder}</b>
                        <div className="note">{a.bank}</div>
                      </>
                    ),
                  },
                  { key: 'number', title: d.party.number, render: (a) => <span className="mono">{a.number}</span> },
                  {
                    key: 'state',
                    title: d.application.stateTitle,
                    render: (a) => (
                      <>
                        {d.party.payeeState[a.state]}
                        {a.state === 'proposed' && a.proposed_by === person?.id && <div className="note">{d.party.byAnother}</div>}
                      </>
                    ),
                  },
                  {
                    key: 'sign',
                    title: '',
                    render: (a) =>
                      maySign(a) && (
                        <Button disabled={sign.isPending} size="small" onClick={() => sign.mutate(a.id)}>
                          {d.party.countersign}
                        </Button>
                      ),
                  },
                ]}
              />
            )
          }
        </Loaded>
        {sign.error && <ErrorPanel error={sign.error} />}
      </Card>
      {manages && <NewPayee org={org} />}
    </div>
  )
}

function NewPayee({ org }: { org: string }) {
  const { d } = useLang()
  const empty = { holder: '', bank: '', bank_code: '', number: '' }
  const [account, setAccount] = useState(empty)
  const add = useWrite(proposePayee(org), () => setAccount(empty))
  const problem = add.error ? Problem.from(add.error) : null
  const set = (key: keyof typeof account) => (value: string) => setAccount((a) => ({ ...a, [key]: value }))
  return (
    <Card title={d.party.newPayee} note={d.party.newPayeeNote}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          add.mutate(account)
        }}
      >
        <TextField name="holder" label={d.party.holder} value={account.holder} onChange={set('holder')} error={problem?.of('holder')} />
        <TextField name="bank" label={d.party.bank} value={account.bank} onChange={set('bank')} error={problem?.of('bank')} />
        <TextField name="bank_code" label={d.party.bankCode} value={account.bank_code} onChange={set('bank_code')} error={problem?.of('bank_code')} />
        <TextField name="number" label={d.party.number} value={account.number} onChange={set('number')} error={problem?.of('number')} />
        {add.error && <ErrorPanel error={add.error} />}
        <div>
          <Button type="primary" htmlType="submit" disabled={add.isPending || Object.values(account).some((v) => !v.trim())}>
            {d.party.newPayeeGo}
          </Button>
        </div>
      </form>
    </Card>
  )
}

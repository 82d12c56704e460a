import { Button, Checkbox, Input, Select } from 'antd'
import { useId, useState } from 'react'
import { useNavigate } from 'react-router'
import { useWrite } from '@/api/write'
import { OrganisationBox } from '@/features/party/OrganisationBox'
import { useLang } from '@/i18n'
import { format } from '@/money/fen'
import { Card } from '@/pattern/layout/Card'
import { ErrorPanel } from '@/pattern/state/states'
import { openRecovery, usePayments } from './api'
import type { Ground, Payment } from './model'

/** Opens a case over what an organisation was paid; the amounts are looked up, never typed. */
export function OpenCase() {
  const { d } = useLang()
  const w = d.recovery
  const id = useId()
  const go = useNavigate()
  const [org, setOrg] = useState('')
  const [ground, setGround] = useState<Ground>('fraud')
  const [chosen, setChosen] = useState<string[]>([])
  const [reason, setReason] = useState('')
  const payments = usePayments(org)
  const open = useWrite(openRecovery, (made) => void go(`/recoveries/${made.id}`))
  return (
    <Card title={w.open} note={w.openHint}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          open.mutate({ org, ground, applications: chosen, reason: reason.trim() })
        }}
      >
        <OrganisationBox
          value={org}
          onChange={(code) => {
            setOrg(code)
            setChosen([])
          }}
        />
        {payments.error && <ErrorPanel error={payments.error} />}
        {payments.data && (payments.data.length === 0 ? <p className="note">{w.noPayments}</p> : <Choice payments={payments.data} chosen={chosen} onChange={setChosen} />)}
        <div className="field">
          <label htmlFor={`${id}-ground`}>{w.filterGround}</label>
          <Select<Ground> id={`${id}-ground`} className="full" value={ground} onChange={setGround} options={Object.entries(w.ground).map(([value, label]) => ({ value: value as Ground, label }))} />
        </div>
        <div className="field">
          <label htmlFor={`${id}-why`}>{w.why}</label>
          <Input.TextArea id={`${id}-why`} autoSize={{ minRows: 2 }} maxLength={4000} value={reason} onChange={(e) => setReason(e.target.value)} />
        </div>
        {open.error && <ErrorPanel error={open.error} />}
        <div>
          <Button type="primary" htmlType="submit" disabled={open.isPending || chosen.length === 0 || !reason.trim()}>
            {w.open}
          </Button>
        </div>
      </form>
    </Card>
  )
}

function Choice({ payments, chosen, onChange }: { payments: Payment[]; chosen: string[]; onChange: (ids: string[]) => void }) {
  const { d } = useLang()
  const w = d.recovery
  const applications = [...new Set(payments.map((p) => p.application))]
  return (
    <fieldset className="field">
      <legend>{w.applications}</legend>
      {applications.map((application) => {
        const parts = payments.filter((p) => p.application === application)
        return (
          <Checkbox key={application} checked={chosen.includes(application)} onChange={(e) => onChange(e.target.checked ? [...chosen, application] : chosen.filter((one) => one !== application))}>
            <span className="mono">{parts[0]?.number}</span> {parts[0]?.object || parts[0]?.measure}
            <div className="note">{parts.map((p) => `${w.level[p.level]} ${w.stands} ¥${format(p.stands_fen)}`).join(d.app.listComma)}</div>
          </Checkbox>
        )
      })}
    </fieldset>
  )
}

import { Button } from 'antd'
import { Link, useSearchParams } from 'react-router'
import { useWrite } from '@/api/write'
import { Gate } from '@/features/session/Gate'
import { fill, useLang } from '@/i18n'
import { Loaded } from '@/pattern/state/Loaded'
import { ErrorPanel } from '@/pattern/state/states'
import { confirmAddress, optOut, useOptOut } from './api'

const useToken = () => useSearchParams()[0].get('token') ?? ''

/** Where the link in a confirmation leads. A mail scanner that opens it confirms nothing: a person presses the button. */
export function ConfirmAddressPage() {
  const { d } = useLang()
  const token = useToken()
  const confirm = useWrite(confirmAddress)
  return (
    <Gate title={d.message.confirmTitle} sentence={d.message.confirmSentence}>
      {confirm.isSuccess ? (
        <p role="status">{d.message.confirmDone}</p>
      ) : (
        <Button type="primary" disabled={confirm.isPending || !token} onClick={() => confirm.mutate(token)}>
          {d.message.confirmGo}
        </Button>
      )}
      {confirm.error && <ErrorPanel error={confirm.error} />}
      <p className="note">
        <Link to="/messages/settings">{d.message.settings}</Link>
      </p>
    </Gate>
  )
}

/** Where the link to opt out leads: it says what stops, and stops it on a press. */
export function OptOutPage() {
  const { d, say } = useLang()
  const token = useToken()
  const about = useOptOut(token)
  const stop = useWrite(optOut)
  return (
    <Gate title={d.message.optOutTitle}>
      {!token && <p>{d.message.noToken}</p>}
      {token && (
        <Loaded query={about}>
          {({ topics }) => {
            const names = topics.map((t) => say(t)).join(d.app.listComma)
            return stop.isSuccess ? (
              <p role="status">{fill(d.message.optOutDone, { topics: names })}</p>
            ) : (
              <>
                <p className="soft gate-sentence">{fill(d.message.optOutSentence, { topics: names })}</p>
                <Button type="primary" disabled={stop.isPending} onClick={() => stop.mutate(token)}>
                  {d.message.optOutGo}
                </Button>
              </>
            )
          }}
        </Loaded>
      )}
      {stop.error && <ErrorPanel error={stop.error} />}
      <p className="note">
        <Link to="/messages/settings">{d.message.settings}</Link>
      </p>
    </Gate>
  )
}

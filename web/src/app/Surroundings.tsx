import { QueryClientProvider } from '@tanstack/react-query'
import { ConfigProvider } from 'antd'
import enUS from 'antd/locale/en_US'
import zhCN from 'antd/locale/zh_CN'
import { useState, type ReactNode } from 'react'
import { LangProvider, useLang, type Lang } from '@/i18n'
import { UnitProvider } from '@/money/unit'
import { newQueryClient } from './query'
import { theme } from './theme'

/** Language, unit, theme and the query cache: what every page, story and test stands in. */
export function Surroundings({ children, lang }: { children: ReactNode; lang?: Lang }) {
  const [client] = useState(newQueryClient)
  return (
    <QueryClientProvider client={client}>
      <LangProvider {...(lang ? { initial: lang } : {})}>
        <UnitProvider>
          <Themed>{children}</Themed>
        </UnitProvider>
      </LangProvider>
    </QueryClientProvider>
  )
}

function Themed({ children }: { children: ReactNode }) {
  const { lang } = useLang()
  // Without autoInsertSpace off, two-character buttons come out as 比 较.
  return (
    <ConfigProvider theme={theme} locale={lang === 'zh' ? zhCN : enUS} button={{ autoInsertSpace: false }}>
      {children}
    </ConfigProvider>
  )
}

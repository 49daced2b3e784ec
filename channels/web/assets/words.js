const WORDS = {
  en: {
    title: 'Customer service', greet: 'Hello! How can I help you?', hint: 'Ask a question, or pick one:',
    online: 'Answers at once', connecting: 'Connecting…', offline: 'No connection. Your messages will be sent as soon as it is back.',
    agent: (n) => n + ' is here for you', waiting: 'A colleague will be with you soon',
    place: 'Write a message…', send: 'Send', open: 'Open the chat', close: 'Close the chat', log: 'Conversation',
    joined: (n) => n + ' joined the conversation', left: (n) => (n || 'Our colleague') + ' left. The assistant is back.', closed: 'The conversation was closed. Write to open it again.',
    person: 'A colleague', bot: 'Assistant', you: 'You', typing: 'Assistant is typing', sources: (n) => (n === 1 ? '1 source' : n + ' sources'), page: (p) => 'page ' + p,
    sending: 'Sending…', sent: 'Sent', failed: 'Not sent.', retry: 'Try again', discard: 'Delete', long: 'Too long to send.',
    copy: 'Copy', copied: 'Copied', latest: 'New messages', unread: (n) => n + ' unread', lang: '中文', toLang: 'zh',
    examples: ['What can you help me with?', 'I would like to talk to a person'],
  },
  zh: {
    title: '在线客服', greet: '您好！请问有什么可以帮您？', hint: '直接提问，或点选下面的问题：',
    online: '即时回复', connecting: '正在连接…', offline: '网络已断开，恢复后消息会自动发送。',
    agent: (n) => n + ' 正在为您服务', waiting: '正在为您转接人工客服',
    place: '请输入您的问题…', send: '发送', open: '打开客服', close: '关闭客服', log: '对话记录',
    joined: (n) => n + ' 已加入对话', left: (n) => (n || '人工客服') + ' 已离开，智能助手继续为您服务', closed: '本次对话已结束，再次发送消息即可重新开始',
    person: '人工客服', bot: '智能助手', you: '我', typing: '智能助手正在输入', sources: (n) => n + ' 条来源', page: (p) => '第 ' + p + ' 页',
    sending: '发送中…', sent: '已发送', failed: '发送失败。', retry: '重试', discard: '删除', long: '内容过长，无法发送。',
    copy: '复制', copied: '已复制', latest: '有新消息', unread: (n) => n + ' 条未读', lang: 'EN', toLang: 'en',
    examples: ['你能帮我做什么？', '转人工'],
  },
};

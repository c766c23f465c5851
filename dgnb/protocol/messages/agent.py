"""``/v1/agent/converse``: a voice agent, audio in and out, every step of the conversation told.

`Settings` is the first message of the client; its tree is in `dgnb.protocol.settings`.
Source: the official Python SDK 7.17.0, Deepgram's published AsyncAPI document and its
pages about errors of the voice agent.
"""

from __future__ import annotations

from typing import Any, Literal

from msgspec import field

from dgnb.protocol.messages.message import Message, Reader
from dgnb.protocol.part import Part

Tree = dict[str, Any]
"""A part of the settings, as it came; `dgnb.protocol.settings` reads it."""

Behavior = Literal["default", "queue", "interrupt"]
"""What becomes of an injected message while somebody speaks: refused, said next, or said at once."""

ERRORS = {
    "NON_SETTINGS_MESSAGE_BEFORE_SETTINGS": "Settings has to be the first message.",
    "SETTINGS_ALREADY_APPLIED": "Settings can be sent once; use UpdatePrompt, UpdateThink, ... afterwards.",
    "INVALID_SETTINGS": "The settings are not in their form.",
    "UNPARSABLE_CLIENT_MESSAGE": "The message is none that this connection takes.",
    "CLIENT_MESSAGE_TIMEOUT": "Nothing was received for 60 s; send KeepAlive every 8 s of silence.",
    "USER_AUDIO_FORMAT": "The audio is not what audio.input says.",
    "FAILED_TO_START_LISTENING": "The recogniser could not be started.",
    "ASR_CONNECTION_CLOSED": "The recogniser has ended.",
    "ASR_DRIVER_TIMEOUT": "The recogniser does not answer.",
    "INTERNAL_SERVER_ERROR": "The service failed.",
}
"""Codes of `Error`, and what they mean; the close follows."""

WARNINGS = {
    "INJECT_AGENT_MESSAGE_DURING_USER_SPEECH": "The user is speaking.",
    "INJECT_AGENT_MESSAGE_DURING_AGENT_SPEECH": "The agent is speaking.",
    "PROMPT_TOO_LONG": "The prompt has more than 25,000 characters.",
    "THINK_REQUEST_FAILED": "The language model did not answer.",
    "SPEAK_REQUEST_FAILED": "The text could not be spoken.",
    "FUNCTION_CALL_FAILED": "A function could not be called.",
    "FORCE_END_TURN_REFUSED": "ForceEndTurn needs a recogniser of Flux.",
    "NO_TURN_IN_PROGRESS": "ForceEndTurn came while nobody spoke.",
}
"""Codes of `Warning`, and what they mean; the conversation goes on."""


class Settings(Message, frozen=True, tag="Settings"):
    """Client: what the agent is; always the first message, and sent once.

    `agent` is the id of a stored one or the tree itself. Only the keys known here are
    kept at the top; `dgnb.protocol.settings.write` keeps all.
    """

    tags: list[str] | None = None
    experimental: bool | None = None
    mip_opt_out: bool | None = None
    flags: Tree | None = None
    audio: Tree | None = None
    agent: str | Tree | None = None


class UpdateListen(Message, frozen=True, tag="UpdateListen"):
    """Client: ``{"provider": ...}`` for listening from now on."""

    listen: Tree = field(default_factory=dict)


class UpdateThink(Message, frozen=True, tag="UpdateThink"):
    """Client: another language model, prompt and functions; of a list, the first that works."""

    think: Tree | list[Tree] = field(default_factory=dict)


class UpdateThinkLive(Message, frozen=True, tag="UpdateThink_Live"):
    """Client: other rules for presence checks, backchannels and the like; the underscore is the wire's."""

    think_live: Tree = field(default_factory=dict)


class UpdateSpeak(Message, frozen=True, tag="UpdateSpeak"):
    """Client: another voice; of a list, the first that works."""

    speak: Tree | list[Tree] = field(default_factory=dict)


class UpdatePrompt(Message, frozen=True, tag="UpdatePrompt"):
    """Client: another prompt."""

    prompt: str = ""


class InjectUserMessage(Message, frozen=True, tag="InjectUserMessage"):
    """Client: a text in place of something spoken."""

    content: str = ""


class InjectAgentMessage(Message, frozen=True, tag="InjectAgentMessage"):
    """Client: something that the agent says now; with `is_dynamic` it finds the words itself (Think Live)."""

    message: str | None = None
    behavior: Behavior | None = None
    is_dynamic: bool | None = None


class ForceEndTurn(Message, frozen=True, tag="ForceEndTurn"):
    """Client: the user's turn ends now; Flux only."""


class KeepAlive(Message, frozen=True, tag="KeepAlive"):
    """Client: the conversation goes on, though no audio is sent; nothing answers it."""


class CustomToThinkProvider(Message, frozen=True, tag="__customToThinkProvider"):
    """Client: something for a language model of one's own."""

    content: Any = ""


class FunctionCallResponse(Message, frozen=True, tag="FunctionCallResponse"):
    """Client: a function's result. Server: the same of a function that the service has called itself."""

    id: str | None = None
    name: str = ""
    content: str = ""


class Welcome(Message, frozen=True, tag="Welcome"):
    """Server: always the first message."""

    request_id: str = ""


class SettingsApplied(Message, frozen=True, tag="SettingsApplied"):
    """Server: audio and messages may be sent."""


class ListenUpdated(Message, frozen=True, tag="ListenUpdated"):
    """Server: an `UpdateListen` is in force."""


class ThinkUpdated(Message, frozen=True, tag="ThinkUpdated"):
    """Server: an `UpdateThink` is in force."""


class ThinkLiveUpdated(Message, frozen=True, tag="ThinkLiveUpdated"):
    """Server: an `UpdateThinkLive` is in force."""


class SpeakUpdated(Message, frozen=True, tag="SpeakUpdated"):
    """Server: an `UpdateSpeak` is in force."""


class PromptUpdated(Message, frozen=True, tag="PromptUpdated"):
    """Server: an `UpdatePrompt` is in force."""


class InjectionRefused(Message, frozen=True, tag="InjectionRefused"):
    """Server: an `InjectAgentMessage` is not said, and why."""

    message: str = ""


class ConversationText(Message, frozen=True, tag="ConversationText"):
    """Server: what the user has said, or what the agent says."""

    role: str = "assistant"
    content: str = ""
    conversational_behavior: str | None = None
    languages_hinted: list[str] | None = None
    languages: list[str] | None = None


class UserStartedSpeaking(Message, frozen=True, tag="UserStartedSpeaking"):
    """Server: stop playing at once, and drop what is not played yet."""


class AgentThinking(Message, frozen=True, tag="AgentThinking"):
    """Server: what the language model tells of its thoughts."""

    content: str = ""


class FunctionCall(Part, frozen=True):
    """A function to be called; `arguments` is the text of a JSON object."""

    id: str = ""
    name: str = ""
    arguments: str = "{}"
    client_side: bool = True
    thought_signature: str | None = None


class FunctionCallRequest(Message, frozen=True, tag="FunctionCallRequest"):
    """Server: call these functions, and answer each that is `client_side`."""

    functions: list[FunctionCall] = field(default_factory=list)


class FunctionName(Part, frozen=True):
    """A call that is taken back."""

    id: str = ""
    name: str = ""


class FunctionCallCancelled(Message, frozen=True, tag="FunctionCallCancelled"):
    """Server: do not answer these calls."""

    functions: list[FunctionName] = field(default_factory=list)


class AgentStartedSpeaking(Message, frozen=True, tag="AgentStartedSpeaking"):
    """Server: the audio of a reply begins; times since the user's turn ended [s]."""

    total_latency: float = 0.0
    tts_latency: float = 0.0
    ttt_latency: float = 0.0


class AgentAudioDone(Message, frozen=True, tag="AgentAudioDone"):
    """Server: the audio of a reply is complete; it may still be playing."""


class LatencyReport(Message, frozen=True, tag="LatencyReport"):
    """Server: how long each step of a reply took [s]; ``ttt`` is text to text, the language model."""

    stt_latency: float | None = None
    ttt_token_latency: float | None = None
    ttt_text_latency: float | None = None
    ttt_tool_latency: float | None = None
    ttt_thinking_latency: float | None = None
    tts_latency: float | None = None
    total_latency: float | None = None


class FrustrationDetected(Message, frozen=True, tag="FrustrationDetected"):
    """Server: the user is annoyed, for the how manieth time, and whether that was once too often."""

    count: int = 0
    escalated: bool = False


class CalledFunction(Part, frozen=True):
    """A call with its result, as it is remembered."""

    id: str = ""
    name: str = ""
    client_side: bool = True
    arguments: str = "{}"
    response: str = ""
    thought_signature: str | None = None


class History(Message, frozen=True, tag="History"):
    """Server, and in ``agent.context.messages``: what was said, or `function_calls` that were made."""

    role: str | None = None
    content: str | None = None
    function_calls: list[CalledFunction] | None = None


class CustomFromThinkProvider(Message, frozen=True, tag="__customFromThinkProvider"):
    """Server: something from a language model of one's own."""

    content: Any = ""


class Error(Message, frozen=True, tag="Error"):
    """Server: the conversation is over, `code` is one of `ERRORS`; the close follows."""

    description: str = ""
    code: str = ""


class Warning(Message, frozen=True, tag="Warning"):  # noqa: A001 - the service's name
    """Server: something was not done, `code` is one of `WARNINGS`; the conversation goes on."""

    description: str = ""
    code: str = ""


SERVER: Reader[Message] = Reader(
    Welcome,
    SettingsApplied,
    ListenUpdated,
    ThinkUpdated,
    ThinkLiveUpdated,
    SpeakUpdated,
    PromptUpdated,
    InjectionRefused,
    ConversationText,
    UserStartedSpeaking,
    AgentThinking,
    FunctionCallRequest,
    FunctionCallResponse,
    FunctionCallCancelled,
    AgentStartedSpeaking,
    AgentAudioDone,
    LatencyReport,
    FrustrationDetected,
    History,
    CustomFromThinkProvider,
    Error,
    Warning,
)
CLIENT: Reader[Message] = Reader(
    Settings,
    UpdateListen,
    UpdateThink,
    UpdateThinkLive,
    UpdateSpeak,
    UpdatePrompt,
    InjectUserMessage,
    InjectAgentMessage,
    ForceEndTurn,
    KeepAlive,
    CustomToThinkProvider,
    FunctionCallResponse,
)
